using System.Text.Json;
using Berth.Api.Containers;
using Berth.Engine.Containers.Security;
using Berth.Engine.Networks;
using Berth.Linux.Roots;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers;

/// <summary>From what was asked to the <c>config.json</c> an OCI runtime carries out.</summary>
/// <remarks>
/// In two steps: <see cref="Gather"/> asks the host and the container's root, <see cref="Compose"/> is a pure function. moby 28: daemon/oci_linux.go, createSpec.
/// </remarks>
internal sealed partial class RuntimeSpecBuilder(EngineOptions options, EnginePaths paths, HostFacts host)
{
    private const string DefaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private const string DefaultCgroupParent = "/berth";

    /// <summary>Resolves the user in the container's own passwd and group files and makes its working directory, then composes the document.</summary>
    /// <param name="rootFsPath">Where the container's root file system is mounted.</param>
    /// <param name="processOf">Process id of a running container, for <c>PidMode</c> and <c>IpcMode</c> <c>container:…</c>; throws where it does not run.</param>
    /// <exception cref="EngineException">The user does not exist, a device is missing, …</exception>
    public byte[] Build(ContainerSpec spec, Sandbox sandbox, string rootFsPath, Func<string, int> processOf) =>
        JsonSerializer.SerializeToUtf8Bytes(
            WithSeccompProgram(Compose(spec, Gather(spec, sandbox, rootFsPath, processOf))), RuntimeSpecJson.Plain.RuntimeSpecDocument);

    /// <summary>The container's cgroup, from the root of each hierarchy: neither '..' nor the daemon's own group has a say.</summary>
    public string CgroupsPathOf(ContainerSpec spec)
    {
        string parent = spec.HostConfig.CgroupParent.Length > 0 ? spec.HostConfig.CgroupParent : options.CgroupParent ?? DefaultCgroupParent;
        return ContainerPath.Clean($"/{parent}/{spec.Id}");
    }

    /// <summary>Everything that is not in the spec. Makes what has to be there: the working directory and missing sources of binds.</summary>
    private RuntimeSpecInputs Gather(ContainerSpec spec, Sandbox sandbox, string rootFsPath, Func<string, int> processOf)
    {
        HostConfig hostConfig = spec.HostConfig;
        using RootDirectory root = RootDirectory.Open(rootFsPath);
        RuntimeUser user = ContainerUser.Resolve(root, spec.Config.User, hostConfig.GroupAdd ?? []);
        WorkingDirectory.Ensure(root, spec.Config.WorkingDir);
        BindSources.Ensure(spec.Mounts);
        (IReadOnlyList<LinuxDevice> devices, IReadOnlyList<DeviceRule> rules) = ContainerDevices.Resolve(hostConfig);
        return new RuntimeSpecInputs
        {
            RootFsPath = rootFsPath,
            User = user,
            NetworkNamespace = sandbox.NamespacePath,
            Hostname = hostConfig.NetworkMode.StartsWith(ContainerMode, StringComparison.Ordinal) ? sandbox.Request.Hostname : spec.Config.Hostname,
            IpcNamespace = NamespaceOf(hostConfig.IpcMode, "ipc", processOf),
            PidNamespace = NamespaceOf(hostConfig.PidMode, "pid", processOf),
            SharedMemory = SharedMemoryOf(spec),
            NetworkFiles = [.. NetworkFiles(sandbox.ContainerId).Where(file => File.Exists(file.Source))],
            Devices = devices,
            DeviceRules = rules,
            InitPath = (hostConfig.Init ?? options.Init) && hostConfig.PidMode.Length == 0 ? InitProgram.Find(options) : null,
            RootPropagation = BindSources.RootPropagation(spec.Mounts),
            BlockIo = ContainerDevices.BlockIo(hostConfig),
        };
    }

    /// <summary>The document, from the spec and what the host said alone.</summary>
    internal RuntimeSpecDocument Compose(ContainerSpec spec, RuntimeSpecInputs inputs)
    {
        HostConfig hostConfig = spec.HostConfig;
        IReadOnlyList<string> capabilities = CapabilitiesOf(hostConfig);
        SecurityOptions security = SecurityOptions.Parse(hostConfig.SecurityOpt);
        bool sharesHostUts = hostConfig.UTSMode is "host";
        return new RuntimeSpecDocument
        {
            Process = new RuntimeProcess
            {
                Terminal = spec.Config.Tty,
                ConsoleSize = spec.Config.Tty ? ConsoleSizeOf(hostConfig.ConsoleSize) : null,
                User = inputs.User,
                Args = [.. inputs.InitPath is null ? [] : (string[])[InitProgram.PathInContainer, "--"], spec.Path, .. spec.Arguments],
                Env = EnvironmentOf(spec.Config, inputs.Hostname),
                Cwd = spec.Config.WorkingDir.Length == 0 ? "/" : ContainerPath.Clean(spec.Config.WorkingDir),
                Capabilities = CapabilitySets(capabilities, inputs.User.Uid),
                Rlimits = LimitsOf(hostConfig),
                NoNewPrivileges = security.NoNewPrivileges ?? options.NoNewPrivileges,
                ApparmorProfile = host.AppArmor && security.AppArmor is { Length: > 0 } profile ? profile : null,
                OomScoreAdj = (int)hostConfig.OomScoreAdj,
            },
            Root = new RuntimeRoot(inputs.RootFsPath, hostConfig.ReadonlyRootfs),
            Hostname = sharesHostUts ? null : inputs.Hostname,
            Mounts = MountsOf(spec, inputs, security.WritableCgroups),
            Annotations = hostConfig.Annotations is { Count: > 0 } ? hostConfig.Annotations : null,
            Linux = new LinuxSettings
            {
                Namespaces = NamespacesOf(hostConfig, inputs),
                Devices = inputs.Devices,
                CgroupsPath = CgroupsPathOf(spec),
                Resources = ResourcesOf(hostConfig, inputs),
                Sysctl = SysctlsOf(spec),
                Seccomp = SeccompOf(hostConfig, security, capabilities),
                RootfsPropagation = inputs.RootPropagation,
                MaskedPaths = hostConfig.Privileged ? null : hostConfig.MaskedPaths,
                ReadonlyPaths = hostConfig.Privileged ? null : hostConfig.ReadonlyPaths,
            },
        };
    }

    /// <summary>PATH, HOSTNAME and with a terminal TERM, then what the user set; a name without a value takes the variable away.</summary>
    /// <remarks>Nothing is ever taken from the daemon's own environment (CVE-2026-57231). moby 28: container/container_unix.go, CreateDaemonEnvironment.</remarks>
    internal static List<string> EnvironmentOf(ContainerConfig config, string hostname)
    {
        List<string> environment = [DefaultPath, $"HOSTNAME={hostname}"];
        if (config.Tty)
        {
            environment.Add("TERM=xterm");
        }

        Override(environment, config.Env ?? []);
        return environment;
    }

    /// <summary>Replaces, adds, and removes by a name alone. moby 28: container/env.go, ReplaceOrAppendEnvValues.</summary>
    internal static void Override(List<string> environment, IReadOnlyList<string> overrides)
    {
        foreach (string variable in overrides)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? variable + "=" : variable[..(equals + 1)];
            int index = environment.FindIndex(existing => existing.StartsWith(key, StringComparison.Ordinal));
            if (equals < 0)
            {
                environment.RemoveAll(existing => existing.StartsWith(key, StringComparison.Ordinal));
            }
            else if (index < 0)
            {
                environment.Add(variable);
            }
            else
            {
                environment[index] = variable;
            }
        }
    }

    private static ConsoleSize? ConsoleSizeOf(IReadOnlyList<long>? size) =>
        size is [> 0 and <= ushort.MaxValue, > 0 and <= ushort.MaxValue] ? new ConsoleSize((uint)size[0], (uint)size[1]) : null;
}
