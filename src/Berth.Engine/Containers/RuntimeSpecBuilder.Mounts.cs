using System.Globalization;
using Berth.Api.Containers;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers;

internal sealed partial class RuntimeSpecBuilder
{
    /// <summary>What every container has. moby 28: oci/defaults.go, DefaultLinuxSpec.</summary>
    private static readonly RuntimeMount[] SystemMounts =
    [
        new("/proc", "proc", "proc", ["nosuid", "noexec", "nodev"]),
        new("/dev", "tmpfs", "tmpfs", ["nosuid", "strictatime", "mode=755", "size=65536k"]),
        new("/dev/pts", "devpts", "devpts", ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]),
        new("/sys", "sysfs", "sysfs", ["nosuid", "noexec", "nodev", "ro"]),
        new("/sys/fs/cgroup", "cgroup", "cgroup", ["ro", "nosuid", "noexec", "nodev"]),
        new("/dev/mqueue", "mqueue", "mqueue", ["nosuid", "noexec", "nodev"]),
        new(SharedMemoryPath, "tmpfs", "shm", ["nosuid", "noexec", "nodev", "mode=1777"]),
    ];

    /// <summary>Mounts that stay writable on a read-only root.</summary>
    private static readonly string[] AlwaysWritable = ["/proc", "/dev", "/dev/pts", SharedMemoryPath, "/dev/mqueue"];

    private const string SharedMemoryPath = "/dev/shm";
    private const string InContainerHosts = "/etc/hosts";

    private List<RuntimeMount> MountsOf(ContainerSpec spec, RuntimeSpecInputs inputs, bool? writableCgroups)
    {
        HostConfig hostConfig = spec.HostConfig;
        List<RuntimeMount> own = OwnMounts(spec, inputs);
        var taken = own.Select(mount => mount.Destination).ToHashSet(StringComparer.Ordinal);
        bool hasDev = taken.Contains("/dev");
        var mounts = new List<RuntimeMount>();
        foreach (RuntimeMount mount in SystemMounts)
        {
            // a user's /dev brings all that is below it
            if (taken.Contains(mount.Destination)
                || (hasDev && mount.Destination.StartsWith("/dev/", StringComparison.Ordinal))
                || (mount.Destination is SharedMemoryPath && hostConfig.IpcMode is "none"))
            {
                continue;
            }

            bool isWritable = (hostConfig.Privileged && mount.Destination is "/sys" or "/sys/fs/cgroup" && hostConfig.Privileged)
                || (mount.Type is "cgroup" && writableCgroups is true);
            IEnumerable<string> words = isWritable ? mount.Options.Where(option => option is not "ro") : mount.Options;
            if (mount.Destination is SharedMemoryPath)
            {
                words = words.Append(string.Create(CultureInfo.InvariantCulture, $"size={hostConfig.ShmSize}"));
            }
            else if (hostConfig.ReadonlyRootfs && !isWritable && !AlwaysWritable.Contains(mount.Destination) && !mount.Options.Contains("ro"))
            {
                words = words.Append("ro");
            }

            mounts.Add(mount with { Options = [.. words] });
        }

        mounts.AddRange(own);
        if (inputs.InitPath is { } init)
        {
            mounts.Add(new RuntimeMount(InitProgram.PathInContainer, "bind", init, ["bind", "ro"]));
        }

        return mounts;
    }

    /// <summary>The user's mounts, /dev/shm of others and the network's files; what lies deeper comes later, so that nothing is covered.</summary>
    private List<RuntimeMount> OwnMounts(ContainerSpec spec, RuntimeSpecInputs inputs)
    {
        // mount_setattr(2), and the runtimes known to ask for it
        bool canRecurse = spec.Runtime is "crun" or "runc" && host.Kernel >= new Version(5, 12);
        var mounts = new List<RuntimeMount>();
        for (int index = 0; index < spec.Mounts.Count; index++)
        {
            ContainerMount mount = spec.Mounts[index];
            mounts.Add(mount.Type is "tmpfs"
                ? new RuntimeMount(mount.Destination, "tmpfs", "tmpfs", mount.TmpfsOptions)
                : new RuntimeMount(mount.Destination, "bind", mount.Subpath is null ? mount.Source : paths.Subpath(spec.Id, index), BindOptions(mount, canRecurse)));
        }

        bool Has(string destination) => spec.Mounts.Any(mount => mount.Destination == destination);
        if (inputs.SharedMemory is { } sharedMemory && !Has(SharedMemoryPath))
        {
            mounts.Add(new RuntimeMount(SharedMemoryPath, "bind", sharedMemory, ["rbind", "rprivate"]));
        }

        foreach ((string destination, string source) in inputs.NetworkFiles)
        {
            if (!Has(destination))
            {
                mounts.Add(new RuntimeMount(destination, "bind", source, spec.HostConfig.ReadonlyRootfs ? ["rbind", "ro", "rprivate"] : ["rbind", "rprivate"]));
            }
        }

        // stable: what was said first stays first
        return [.. mounts.OrderBy(mount => ContainerPath.Depth(mount.Destination))];
    }

    /// <param name="canRecurse">Whether runtime and kernel can make all mounts below read-only, too; dockerd then does.</param>
    private static List<string> BindOptions(ContainerMount mount, bool canRecurse)
    {
        List<string> words = [mount.NonRecursive ? "bind" : "rbind"];
        if (!mount.ReadWrite)
        {
            words.Add(canRecurse && !mount.ReadOnlyTopOnly && !mount.NonRecursive ? "rro" : "ro");
        }

        words.Add(mount.Propagation.Length == 0 ? "rprivate" : mount.Propagation);
        return words;
    }

    private IEnumerable<(string Destination, string Source)> NetworkFiles(string owner) =>
    [
        (InContainerHosts, paths.HostsFile(owner)),
        ("/etc/hostname", paths.HostnameFile(owner)),
        ("/etc/resolv.conf", paths.ResolvConfFile(owner)),
    ];

    private string? SharedMemoryOf(ContainerSpec spec) => spec.HostConfig.IpcMode switch
    {
        "host" => SharedMemoryPath,
        "shareable" => paths.Shm(spec.Id),
        var mode when mode.StartsWith(ContainerMode, StringComparison.Ordinal) => SharedBy(mode[ContainerMode.Length..]),
        _ => null,
    };

    /// <exception cref="EngineException">The other container keeps its IPC to itself.</exception>
    private string SharedBy(string owner) => Directory.Exists(paths.Shm(owner)) ? paths.Shm(owner) : throw new EngineException(ErrorKind.System,
        $"can't join IPC of container {owner}: non-shareable IPC (hint: use IpcMode:shareable for the donor container)");
}
