using Berth.Api.Containers;

namespace Berth.Cli.Containers;

/// <summary>The flags that <c>run</c> and <c>create</c> share.</summary>
/// <remarks>Source: docker/cli 28, cli/command/container/opts.go. What they become is in the other parts of this class.</remarks>
internal sealed partial class ContainerFlags
{
    private readonly FlagSet _flags;

    private readonly ListFlag<string> _attach, _links, _aliases, _linkLocalIps, _env, _envFiles, _labels, _labelFiles, _volumes, _volumesFrom,
        _tmpfs, _publish, _expose, _devices, _deviceCgroupRules, _dns, _dnsOptions, _dnsSearch, _extraHosts, _groups, _capAdd, _capDrop,
        _securityOptions, _storageOptions, _logOptions, _annotations, _sysctls;

    private readonly ListFlag<HostConfigBlkioWeightDevice> _blkioWeightDevices;
    private readonly ListFlag<ThrottleDevice> _readBps, _writeBps, _readIops, _writeIops;
    private readonly ListFlag<HostConfigUlimits> _ulimits;
    private readonly ListFlag<Mount> _mounts;
    private readonly ListFlag<NetworkSpec> _networks;
    private readonly ListFlag<DeviceRequest> _gpus;

    private readonly Flag<bool> _tty, _stdin, _privileged, _publishAll, _readOnly, _noHealthcheck, _init, _oomKillDisable, _autoRemove;

    private readonly Flag<string> _hostname, _domainname, _user, _workingDirectory, _entrypoint, _stopSignal, _pid, _uts, _userns, _cgroupns, _ipc,
        _cgroupParent, _cpusetCpus, _cpusetMems, _ip, _ip6, _macAddress, _logDriver, _volumeDriver, _restart, _runtime, _isolation, _healthCommand;

    private readonly Flag<long> _stopTimeout, _memory, _memoryReservation, _memorySwap, _memorySwappiness, _shmSize, _pidsLimit, _cpuShares,
        _cpuPeriod, _cpuQuota, _cpuRealtimePeriod, _cpuRealtimeRuntime, _cpuCount, _cpuPercent, _cpus, _ioBandwidth, _oomScore, _healthRetries;

    private readonly Flag<ulong> _blkioWeight, _ioOperations;
    private readonly Flag<TimeSpan> _healthInterval, _healthTimeout, _healthStartPeriod, _healthStartInterval;

    public ContainerFlags(FlagSet flags)
    {
        _flags = flags;
        flags.Interspersed = false;

        // what runs
        _attach = flags.List("attach", 'a', "Attach to STDIN, STDOUT or STDERR", StreamName);
        _entrypoint = flags.Text("entrypoint", null, "Overwrite the default ENTRYPOINT of the image");
        _env = flags.List("env", 'e', "Set environment variables", KeyValues.Variable);
        _envFiles = flags.List("env-file", null, "Read in a file of environment variables");
        _hostname = flags.Text("hostname", 'h', "Container host name");
        _domainname = flags.Text("domainname", null, "Container NIS domain name");
        _init = flags.Switch("init", null, "Run an init inside the container that forwards signals and reaps processes");
        _stdin = flags.Switch("interactive", 'i', "Keep STDIN open even if not attached");
        _labels = flags.List("label", 'l', "Set meta data on a container", KeyValues.Label);
        _labelFiles = flags.List("label-file", null, "Read in a line delimited file of labels");
        _restart = flags.Text("restart", null, "Restart policy to apply when a container exits", "no");
        _stopSignal = flags.Text("stop-signal", null, "Signal to stop the container");
        _stopTimeout = flags.Integer("stop-timeout", null, "Timeout (in seconds) to stop a container");
        _tty = flags.Switch("tty", 't', "Allocate a pseudo-TTY");
        _user = flags.Text("user", 'u', "Username or UID (format: <name|uid>[:<group|gid>])");
        _workingDirectory = flags.Text("workdir", 'w', "Working directory inside the container");
        _autoRemove = flags.Switch("rm", null, "Automatically remove the container and its associated anonymous volumes when it exits");
        _runtime = flags.Text("runtime", null, "Runtime to use for this container");
        _annotations = flags.Map("annotation", null, "Add an annotation to the container (passed through to the OCI runtime)");
        CidFile = flags.Text("cidfile", null, "Write the container ID to the file");
        Name = flags.Text("name", null, "Assign a name to the container");
        Platform = flags.Text("platform", null, "Set platform if server is multi-platform capable");
        if (GlobalOptions.Environment("DOCKER_DEFAULT_PLATFORM") is { Length: > 0 } platform)
        {
            Platform.Set(platform);
        }

        // files
        _volumes = flags.List("volume", 'v', "Bind mount a volume");
        _mounts = flags.Add(new ListFlag<Mount>("mount", null, "mount", "Attach a filesystem mount to the container", text => [MountSpec.Parse(text)]));
        _tmpfs = flags.List("tmpfs", null, "Mount a tmpfs directory");
        _volumesFrom = flags.List("volumes-from", null, "Mount volumes from the specified container(s)");
        _volumeDriver = flags.Text("volume-driver", null, "Optional volume driver for the container");
        _readOnly = flags.Switch("read-only", null, "Mount the container's root filesystem as read only");
        _storageOptions = flags.List("storage-opt", null, "Storage driver options for the container");
        _devices = flags.List("device", null, "Add a host device to the container");
        _deviceCgroupRules = flags.List("device-cgroup-rule", null, "Add a rule to the cgroup allowed devices list", DeviceSpec.CheckRule);
        _gpus = flags.Add(new ListFlag<DeviceRequest>("gpus", null, "gpu-request",
            "GPU devices to add to the container ('all' to pass all GPUs)", text => [DeviceSpec.ParseGpus(text)]));

        // network
        _networks = flags.Add(new ListFlag<NetworkSpec>("network", null, "network", "Connect a container to a network", text => [NetworkSpec.Parse(text)]));
        flags.Add(new AliasFlag("net", _networks));
        _aliases = flags.List("network-alias", null, "Add network-scoped alias for the container");
        flags.Add(new AliasFlag("net-alias", _aliases));
        _publish = flags.List("publish", 'p', "Publish a container's port(s) to the host");
        _publishAll = flags.Switch("publish-all", 'P', "Publish all exposed ports to random ports");
        _expose = flags.List("expose", null, "Expose a port or a range of ports");
        _links = flags.List("link", null, "Add link to another container", NetworkSpec.CheckLink);
        _linkLocalIps = flags.List("link-local-ip", null, "Container IPv4/IPv6 link-local addresses", NetworkSpec.CheckAddress);
        _ip = flags.Text("ip", null, "IPv4 address (e.g., 172.30.100.104)");
        _ip6 = flags.Text("ip6", null, "IPv6 address (e.g., 2001:db8::33)");
        _macAddress = flags.Text("mac-address", null, "Container MAC address (e.g., 92:d0:c6:0a:29:33)");
        _dns = flags.List("dns", null, "Set custom DNS servers", NetworkSpec.CheckAddress);
        _dnsOptions = flags.List("dns-option", null, "Set DNS options");
        flags.Add(new AliasFlag("dns-opt", _dnsOptions));
        _dnsSearch = flags.List("dns-search", null, "Set custom DNS search domains", NetworkSpec.CheckDomain);
        _extraHosts = flags.List("add-host", null, "Add a custom host-to-IP mapping (host:ip)", NetworkSpec.CheckExtraHost);

        // namespaces and rights
        _cgroupns = flags.Text("cgroupns", null, "Cgroup namespace to use (host|private)\n"
            + "'host':    Run the container in the Docker host's cgroup namespace\n"
            + "'private': Run the container in its own private cgroup namespace\n"
            + "'':        Use the cgroup namespace as configured by the\n"
            + "           default-cgroupns-mode option on the daemon (default)");
        _ipc = flags.Text("ipc", null, "IPC mode to use");
        _pid = flags.Text("pid", null, "PID namespace to use");
        _userns = flags.Text("userns", null, "User namespace to use");
        _uts = flags.Text("uts", null, "UTS namespace to use");
        _isolation = flags.Text("isolation", null, "Container isolation technology");
        _capAdd = flags.List("cap-add", null, "Add Linux capabilities");
        _capDrop = flags.List("cap-drop", null, "Drop Linux capabilities");
        _groups = flags.List("group-add", null, "Add additional groups to join");
        _privileged = flags.Switch("privileged", null, "Give extended privileges to this container");
        _securityOptions = flags.List("security-opt", null, "Security Options");
        _sysctls = flags.Map("sysctl", null, "Sysctl options", Limits.CheckSysctl);

        // resources
        _blkioWeight = flags.Unsigned("blkio-weight", "uint16", "Block IO (relative weight), between 10 and 1000, or 0 to disable", 16, "0");
        _blkioWeightDevices = Throttles(flags, "blkio-weight-device", "Block IO weight (relative device weight)", Limits.ParseWeight);
        _readBps = Throttles(flags, "device-read-bps", "Limit read rate (bytes per second) from a device", Limits.ParseBytesRate);
        _readIops = Throttles(flags, "device-read-iops", "Limit read rate (IO per second) from a device", Limits.ParseOperationsRate);
        _writeBps = Throttles(flags, "device-write-bps", "Limit write rate (bytes per second) to a device", Limits.ParseBytesRate);
        _writeIops = Throttles(flags, "device-write-iops", "Limit write rate (IO per second) to a device", Limits.ParseOperationsRate);
        _cgroupParent = flags.Text("cgroup-parent", null, "Optional parent cgroup for the container");
        _cpuCount = flags.Integer("cpu-count", null, "CPU count (Windows only)");
        _cpuPercent = flags.Integer("cpu-percent", null, "CPU percent (Windows only)");
        _cpuPeriod = flags.Integer("cpu-period", null, "Limit CPU CFS (Completely Fair Scheduler) period");
        _cpuQuota = flags.Integer("cpu-quota", null, "Limit CPU CFS (Completely Fair Scheduler) quota");
        _cpuRealtimePeriod = flags.Integer("cpu-rt-period", null, "Limit CPU real-time period in microseconds");
        _cpuRealtimeRuntime = flags.Integer("cpu-rt-runtime", null, "Limit CPU real-time runtime in microseconds");
        _cpuShares = flags.Integer("cpu-shares", 'c', "CPU shares (relative weight)");
        _cpus = flags.Add(new Flag<long>("cpus", null, "decimal", "Number of CPUs", 0, Limits.ParseCpus));
        _cpusetCpus = flags.Text("cpuset-cpus", null, "CPUs in which to allow execution (0-3, 0,1)");
        _cpusetMems = flags.Text("cpuset-mems", null, "MEMs in which to allow execution (0-3, 0,1)");
        _ioBandwidth = flags.Bytes("io-maxbandwidth", null, "Maximum IO bandwidth limit for the system drive (Windows only)");
        _ioOperations = flags.Unsigned("io-maxiops", "uint", "Maximum IOps limit for the system drive (Windows only)", 64);
        // Kernel memory went from the API with 1.42.
        flags.Bytes("kernel-memory", null, "Kernel memory limit");
        _memory = flags.Bytes("memory", 'm', "Memory limit");
        _memoryReservation = flags.Bytes("memory-reservation", null, "Memory soft limit");
        _memorySwap = flags.Bytes("memory-swap", null, "Swap limit equal to memory plus swap: '-1' to enable unlimited swap", minusOne: true);
        _memorySwappiness = flags.Integer("memory-swappiness", null, "Tune container memory swappiness (0 to 100)", -1);
        _oomKillDisable = flags.Switch("oom-kill-disable", null, "Disable OOM Killer");
        _oomScore = flags.Integer("oom-score-adj", null, "Tune host's OOM preferences (-1000 to 1000)");
        _pidsLimit = flags.Integer("pids-limit", null, "Tune container pids limit (set -1 for unlimited)");
        _shmSize = flags.Bytes("shm-size", null, "Size of /dev/shm");
        _ulimits = flags.Add(new ListFlag<HostConfigUlimits>("ulimit", null, "ulimit", "Ulimit options", text => [Limits.ParseUlimit(text)]) { Default = "[]" });

        // health and log
        _healthCommand = flags.Text("health-cmd", null, "Command to run to check health");
        _healthInterval = flags.Duration("health-interval", "Time between running the check (ms|s|m|h)");
        _healthRetries = flags.Integer("health-retries", null, "Consecutive failures needed to report unhealthy");
        _healthStartInterval = flags.Duration("health-start-interval", "Time between running the check during the start period (ms|s|m|h)");
        _healthStartPeriod = flags.Duration("health-start-period",
            "Start period for the container to initialize before starting health-retries countdown (ms|s|m|h)");
        _healthTimeout = flags.Duration("health-timeout", "Maximum time to allow one check to run (ms|s|m|h)");
        _noHealthcheck = flags.Switch("no-healthcheck", null, "Disable any container-specified HEALTHCHECK");
        _logDriver = flags.Text("log-driver", null, "Logging driver for the container");
        _logOptions = flags.List("log-opt", null, "Log driver options");

        // -h is the host name here, so that help must be asked for in full
        flags.Switch("help", null, "Print usage");
        // Content trust left the client with Docker 29; scripts still name it.
        flags.Switch("disable-content-trust", null, "Skip image verification", initial: true);
    }

    public Flag<string> CidFile { get; }

    public Flag<string> Name { get; }

    public Flag<string> Platform { get; }

    /// <summary>Some flags have a meaning only where containers are Windows'.</summary>
    /// <exception cref="CommandException">One was given, and the daemon runs Linux.</exception>
    public void CheckDaemon(CliContext context)
    {
        foreach (Flag flag in new Flag[] { _cpuCount, _cpuPercent, _ioBandwidth, _ioOperations })
        {
            if (flag.IsChanged && context.Client.Ping().OsType is { Length: > 0 } system and not "windows")
            {
                throw new CommandException($"\"--{flag.Name}\" is only supported on a Docker daemon running on windows, but the Docker daemon is running on {system}");
            }
        }
    }

    public bool HasAttachments => _attach.Values.Count > 0;

    private static ListFlag<T> Throttles<T>(FlagSet flags, string name, string usage, Func<string, T> parse) =>
        flags.Add(new ListFlag<T>(name, null, "list", usage, text => [parse(text)]) { Default = "[]" });

    private static string StreamName(string text)
    {
        string name = text.ToLowerInvariant();
        return name is "stdin" or "stdout" or "stderr" ? name : throw new FormatException("valid streams are STDIN, STDOUT and STDERR");
    }
}
