using System.Globalization;
using Berth.Api;
using Berth.Api.Containers;

namespace Berth.Cli.Containers;

internal sealed partial class ContainerFlags
{
    /// <summary>What the flags and words ask for. Pure but for the files that they name.</summary>
    /// <param name="words">The image, and behind it the command.</param>
    /// <exception cref="FormatException">The flags contradict each other or hold what cannot be; the message is Docker's.</exception>
    public ContainerCreateRequest ToRequest(IReadOnlyList<string> words)
    {
        (IReadOnlyDictionary<string, EmptyObject> exposed, IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> bindings) =
            PublishSpec.Parse(_publish.Values, _expose.Values);
        (List<string> binds, Dictionary<string, EmptyObject> volumes) = VolumeSpec.Split(_volumes.Values);
        bool isAttached(string stream) => _attach.Values.Contains(stream);
        bool attachStdin = isAttached("stdin") || _stdin.Value;
        return new ContainerCreateRequest
        {
            Hostname = _hostname.Value,
            Domainname = _domainname.Value,
            User = _user.Value,
            AttachStdin = attachStdin,
            AttachStdout = !HasAttachments || isAttached("stdout"),
            AttachStderr = !HasAttachments || isAttached("stderr"),
            ExposedPorts = exposed.Count == 0 ? null : exposed,
            Tty = _tty.Value,
            OpenStdin = _stdin.Value,
            // An attached input ends with the client.
            StdinOnce = _stdin.Value && attachStdin,
            Env = NullIfEmpty(KeyValues.ReadVariables(_envFiles.Values, _env.Values)),
            Cmd = words.Count > 1 ? words.Skip(1).ToList() : null,
            Healthcheck = Healthcheck(),
            Image = words[0],
            Volumes = volumes,
            WorkingDir = _workingDirectory.Value,
            // --entrypoint= takes the image's entrypoint away
            Entrypoint = _entrypoint.IsChanged ? [_entrypoint.Value] : null,
            Labels = KeyValues.ToMap(KeyValues.ReadLabels(_labelFiles.Values, _labels.Values)),
            StopSignal = _stopSignal.IsChanged ? _stopSignal.Value : null,
            StopTimeout = _stopTimeout.IsChanged ? _stopTimeout.Value : null,
            HostConfig = Host(bindings, binds),
            NetworkingConfig = new NetworkingConfig { EndpointsConfig = Endpoints() },
        };
    }

    private HostConfig Host(IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> bindings, List<string> binds)
    {
        (IReadOnlyList<string> security, bool hasOpenSystemPaths) = SecuritySpec.Parse(_securityOptions.Values);
        RestartPolicy restart = ParseRestartPolicy(_restart.Value);
        if (_autoRemove.Value && restart.Name is not ("" or "no"))
        {
            throw new FormatException("conflicting options: cannot specify both --restart and --rm");
        }

        return WithResources(new HostConfig
        {
            Binds = NullIfEmpty(binds),
            ContainerIDFile = CidFile.Value,
            OomScoreAdj = _oomScore.Value,
            AutoRemove = _autoRemove.Value,
            Privileged = _privileged.Value,
            PortBindings = bindings,
            Links = NullIfEmpty(_links.Values),
            PublishAllPorts = _publishAll.Value,
            // Before API 1.43 an image's empty list was told from none: docker/cli still sends empty lists for these three.
            Dns = _dns.Values,
            DnsOptions = _dnsOptions.Values,
            DnsSearch = _dnsSearch.Values,
            ExtraHosts = NullIfEmpty(_extraHosts.Values),
            VolumesFrom = NullIfEmpty(_volumesFrom.Values),
            IpcMode = _ipc.Value,
            NetworkMode = _networks.Values.Count > 0 ? _networks.Values[0].Target : NetworkSpec.DefaultTarget,
            PidMode = Mode("pid", "PID", _pid.Value, mode => mode is "" or "host" || IsOfContainer(mode)),
            UTSMode = Mode("uts", "UTS", _uts.Value, mode => mode is "" or "host"),
            UsernsMode = Mode("userns", "USER", _userns.Value, mode => mode is "" or "host"),
            CgroupnsMode = Mode("cgroupns", "CGROUP", _cgroupns.Value, mode => mode is "" or "host" or "private"),
            CapAdd = Capabilities(_capAdd.Values),
            CapDrop = Capabilities(_capDrop.Values),
            GroupAdd = NullIfEmpty(_groups.Values),
            RestartPolicy = restart,
            SecurityOpt = NullIfEmpty(security),
            MaskedPaths = hasOpenSystemPaths ? [] : null,
            ReadonlyPaths = hasOpenSystemPaths ? [] : null,
            StorageOpt = NullIfEmpty(StorageOptions()),
            ReadonlyRootfs = _readOnly.Value,
            LogConfig = Log(),
            VolumeDriver = _volumeDriver.Value,
            Isolation = _isolation.Value,
            ShmSize = _shmSize.Value,
            Tmpfs = NullIfEmpty(Tmpfs()),
            Sysctls = NullIfEmpty(KeyValues.ToMap(_sysctls.Values)),
            Runtime = _runtime.Value.Length == 0 ? null : _runtime.Value,
            Mounts = NullIfEmpty(_mounts.Values),
            Init = _init.IsChanged ? _init.Value : null,
            Annotations = NullIfEmpty(KeyValues.ToMap(_annotations.Values)),
            ConsoleSize = [0, 0],
        });
    }

    private HostConfig WithResources(HostConfig host)
    {
        if (_memorySwappiness.Value is not -1 and (< 0 or > 100))
        {
            throw new FormatException(string.Create(CultureInfo.InvariantCulture,
                $"invalid value: {_memorySwappiness.Value}. Valid memory swappiness range is 0-100"));
        }

        (List<DeviceMapping> devices, List<string> cdiNames) = DeviceSpec.Split(_devices.Values.Select(DeviceSpec.Check).ToList());
        List<DeviceRequest> requests = [.. _gpus.Values];
        if (cdiNames.Count > 0)
        {
            requests.Add(new DeviceRequest { Driver = "cdi", DeviceIDs = cdiNames });
        }

        return host with
        {
            CgroupParent = _cgroupParent.Value,
            Memory = _memory.Value,
            MemoryReservation = _memoryReservation.Value,
            MemorySwap = _memorySwap.Value,
            MemorySwappiness = _memorySwappiness.Value,
            OomKillDisable = _oomKillDisable.Value,
            NanoCpus = _cpus.Value,
            CpuCount = _cpuCount.Value,
            CpuPercent = _cpuPercent.Value,
            CpuShares = _cpuShares.Value,
            CpuPeriod = _cpuPeriod.Value,
            CpuQuota = _cpuQuota.Value,
            CpuRealtimePeriod = _cpuRealtimePeriod.Value,
            CpuRealtimeRuntime = _cpuRealtimeRuntime.Value,
            CpusetCpus = _cpusetCpus.Value,
            CpusetMems = _cpusetMems.Value,
            PidsLimit = _pidsLimit.Value,
            BlkioWeight = (long)_blkioWeight.Value,
            BlkioWeightDevice = _blkioWeightDevices.Values,
            BlkioDeviceReadBps = _readBps.Values,
            BlkioDeviceWriteBps = _writeBps.Values,
            BlkioDeviceReadIOps = _readIops.Values,
            BlkioDeviceWriteIOps = _writeIops.Values,
            IOMaximumIOps = (long)_ioOperations.Value,
            IOMaximumBandwidth = _ioBandwidth.Value,
            Ulimits = Limits.ByName(_ulimits.Values),
            DeviceCgroupRules = NullIfEmpty(_deviceCgroupRules.Values),
            Devices = devices,
            DeviceRequests = NullIfEmpty(requests),
        };
    }

    private HealthConfig? Healthcheck()
    {
        bool isSet = _healthCommand.Value.Length > 0 || _healthRetries.Value != 0
            || new[] { _healthInterval, _healthTimeout, _healthStartPeriod, _healthStartInterval }.Any(flag => flag.Value != TimeSpan.Zero);
        if (_noHealthcheck.Value)
        {
            return isSet ? throw new FormatException("--no-healthcheck conflicts with --health-* options") : new HealthConfig { Test = ["NONE"] };
        }

        if (!isSet)
        {
            return null;
        }

        if (_healthRetries.Value < 0)
        {
            throw new FormatException("--health-retries cannot be negative");
        }

        return new HealthConfig
        {
            Test = _healthCommand.Value.Length > 0 ? ["CMD-SHELL", _healthCommand.Value] : null,
            Interval = Nanoseconds(_healthInterval),
            Timeout = Nanoseconds(_healthTimeout),
            StartPeriod = Nanoseconds(_healthStartPeriod),
            StartInterval = Nanoseconds(_healthStartInterval),
            Retries = _healthRetries.Value,
        };
    }

    private static long Nanoseconds(Flag<TimeSpan> flag) =>
        flag.Value < TimeSpan.Zero ? throw new FormatException($"--{flag.Name} cannot be negative") : flag.Value.Ticks * 100;

    private static RestartPolicy ParseRestartPolicy(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon == 0)
        {
            throw new FormatException("invalid restart policy format: no policy provided before colon");
        }

        long count = 0;
        if (colon > 0 && colon + 1 < text.Length
            && !long.TryParse(text.AsSpan(colon + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out count))
        {
            throw new FormatException("invalid restart policy format: maximum retry count must be an integer");
        }

        return new RestartPolicy { Name = colon < 0 ? text : text[..colon], MaximumRetryCount = count };
    }

    private HostConfigLogConfig Log()
    {
        Dictionary<string, string> options = KeyValues.ToMap(_logOptions.Values);
        return _logDriver.Value == "none" && options.Count > 0
            ? throw new FormatException($"invalid logging opts for driver {_logDriver.Value}")
            : new HostConfigLogConfig { Type = _logDriver.Value, Config = options };
    }

    // docker/cli 28: opts/capabilities.go
    private static StringOrList? Capabilities(IReadOnlyList<string> names) => names.Count == 0 ? null : names.Select(name => name.Trim().ToUpperInvariant())
        .Select(name => name == "ALL" || name.StartsWith("CAP_", StringComparison.Ordinal) ? name : "CAP_" + name)
        .Distinct().Order(StringComparer.Ordinal).ToList();

    private Dictionary<string, string> StorageOptions() => _storageOptions.Values.All(option => option.Contains('=', StringComparison.Ordinal))
        ? KeyValues.ToMap(_storageOptions.Values)
        : throw new FormatException("invalid storage option");

    private Dictionary<string, string> Tmpfs()
    {
        var tmpfs = new Dictionary<string, string>();
        foreach (string mount in _tmpfs.Values)
        {
            int colon = mount.IndexOf(':', StringComparison.Ordinal);
            tmpfs[colon < 0 ? mount : mount[..colon]] = colon < 0 ? "" : mount[(colon + 1)..];
        }

        return tmpfs;
    }

    private static string Mode(string flag, string name, string mode, Func<string, bool> isValid) =>
        isValid(mode) ? mode : throw new FormatException($"--{flag}: invalid {name} mode");

    private static bool IsOfContainer(string mode) => mode.StartsWith("container:", StringComparison.Ordinal) && mode.Length > "container:".Length;

    private static IReadOnlyList<T>? NullIfEmpty<T>(IReadOnlyList<T> list) => list.Count == 0 ? null : list;

    private static Dictionary<string, string>? NullIfEmpty(Dictionary<string, string> map) => map.Count == 0 ? null : map;
}
