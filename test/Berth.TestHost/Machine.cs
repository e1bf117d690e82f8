namespace Berth.TestHost;

/// <summary>What this machine has.</summary>
public static class Machine
{
    /// <summary>The project's root directory: the nearest one upward that holds Berth.slnx.</summary>
    public static string ProjectRoot { get; } = FindProjectRoot();

    /// <summary>Where <c>make publish</c> puts the programs.</summary>
    public static string ProgramDirectory => Path.Combine(ProjectRoot, "artifacts", "bin");

    /// <summary>Where <c>make images</c> keeps the archives that it builds.</summary>
    public static string ImageDirectory => Path.Combine(ProjectRoot, "artifacts", "images");

    /// <summary>Root file system of the busybox image.</summary>
    public static string BusyboxArchive => Path.Combine(ImageDirectory, "busybox.tar");

    /// <summary>Root file system of the Debian image.</summary>
    public static string DebianArchive => Path.Combine(ImageDirectory, "debian.tar");

    /// <summary>The first thing that is missing, as a reason to skip; null where all is there.</summary>
    public static string? WhyNot(Needs needs)
    {
        foreach ((Needs need, Func<bool> isThere, string reason) in Checks)
        {
            if (needs.HasFlag(need) && !isThere())
            {
                return reason;
            }
        }

        return null;
    }

    public static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':')
            .Append("/usr/sbin").Append("/sbin")
            .Select(directory => Path.Combine(directory, program)).FirstOrDefault(File.Exists);

    private static IEnumerable<(Needs, Func<bool>, string)> Checks =>
    [
        (Needs.Root, () => Environment.IsPrivilegedProcess, "needs root"),
        (Needs.Overlay, () => HasFileSystem("overlay"), "needs overlayfs"),
        (Needs.Network, () => Environment.IsPrivilegedProcess && FindOnPath("nft") is not null, "needs root and nftables"),
        (Needs.OciRuntime, () => (FindOnPath("crun") ?? FindOnPath("runc")) is not null, "needs crun or runc"),
        (Needs.Programs, () => File.Exists(Path.Combine(ProgramDirectory, "berthd")), "needs the published programs: make publish"),
        (Needs.DockerCli, () => FindOnPath("docker") is not null, "needs the docker client"),
        (Needs.Skopeo, () => FindOnPath("skopeo") is not null, "needs skopeo"),
        (Needs.Buildah, () => FindOnPath("buildah") is not null, "needs buildah"),
        (Needs.Busybox, () => File.Exists(BusyboxArchive), "needs the busybox image: make images"),
        (Needs.Dockerd, () => FindOnPath("dockerd") is not null, "needs Debian's dockerd"),
        (Needs.Python, () => Directory.Exists("/usr/lib/python3/dist-packages/docker"), "needs python3-docker"),
        (Needs.LoopDevice, () => Environment.IsPrivilegedProcess && File.Exists("/dev/loop-control") && FindOnPath("mkfs.ext4") is not null, "needs loop devices and mkfs.ext4"),
        (Needs.BaseImage, () => File.Exists(DebianArchive), "needs the base image: make images"),
    ];

    private static bool HasFileSystem(string name) =>
        File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\t" + name, StringComparison.Ordinal));

    private static string FindProjectRoot()
    {
        for (string? directory = AppContext.BaseDirectory; directory is not null; directory = Path.GetDirectoryName(directory))
        {
            if (File.Exists(Path.Combine(directory, "Berth.slnx")))
            {
                return directory;
            }
        }

        throw new InvalidOperationException($"Berth.slnx is not above {AppContext.BaseDirectory}");
    }
}
