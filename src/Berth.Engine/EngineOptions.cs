namespace Berth.Engine;

/// <summary>What the operator decided, by flags and <c>daemon.json</c>. Names are those of dockerd's configuration.</summary>
public sealed record EngineOptions
{
    public string DataRoot { get; init; } = "/var/lib/berth";
    public string ExecRoot { get; init; } = "/run/berth";

    /// <summary>Mirrors of docker.io, tried in order before it.</summary>
    public IReadOnlyList<Uri> RegistryMirrors { get; init; } = [];

    /// <summary>Registries (host:port or CIDR) that may be spoken to over HTTP or without a valid certificate; 127.0.0.0/8 always may.</summary>
    public IReadOnlyList<string> InsecureRegistries { get; init; } = [];

    public int MaxConcurrentDownloads { get; init; } = 3;
    public int MaxConcurrentUploads { get; init; } = 5;
    public int MaxDownloadAttempts { get; init; } = 5;

    /// <summary>Address and mask of the default bridge, such as <c>172.17.0.1/16</c>; null takes the first free pool.</summary>
    public string? BridgeIp { get; init; }

    /// <summary>Part of the default bridge's network that containers get their addresses from; its whole network where <see cref="BridgeIp"/> is null.</summary>
    public string? FixedCidr { get; init; }

    /// <summary>Name of the default bridge's interface; also tells several daemons' interfaces and firewall tables apart.</summary>
    public string BridgeName { get; init; } = "berth0";

    public IReadOnlyList<AddressPoolOption> DefaultAddressPools { get; init; } = AddressPoolOption.Defaults;

    /// <summary>By driver: options of new networks that do not say otherwise.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> DefaultNetworkOptions { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>What <c>host-gateway</c> means, at most one address of each family; where there is none, the network's gateway.</summary>
    public IReadOnlyList<string> HostGatewayAddresses { get; init; } = [];

    public IReadOnlyList<string> Dns { get; init; } = [];
    public IReadOnlyList<string> DnsOptions { get; init; } = [];
    public IReadOnlyList<string> DnsSearch { get; init; } = [];
    public int Mtu { get; init; } = 1500;
    public bool EnableIpForward { get; init; } = true;
    public bool EnableIpMasquerade { get; init; } = true;
    public bool InterContainerCommunication { get; init; } = true;

    /// <summary>Address that published ports bind to where none is named.</summary>
    public string DefaultBindAddress { get; init; } = "0.0.0.0";

    /// <summary>Null chooses what works on this host, crun first.</summary>
    public string? DefaultRuntime { get; init; }

    public IReadOnlyDictionary<string, RuntimeOption> Runtimes { get; init; } = new Dictionary<string, RuntimeOption>();
    public string LogDriver { get; init; } = "json-file";
    public IReadOnlyDictionary<string, string> LogOptions { get; init; } = new Dictionary<string, string>();
    public IReadOnlyList<string> Labels { get; init; } = [];
    public long DefaultShmSizeBytes { get; init; } = 64L << 20;
    public IReadOnlyDictionary<string, (long Soft, long Hard)> DefaultUlimits { get; init; } = new Dictionary<string, (long, long)>();
    public string DefaultIpcMode { get; init; } = "private";

    /// <summary>Null is private on the unified hierarchy, the host's on v1.</summary>
    public string? DefaultCgroupNamespaceMode { get; init; }

    public string? CgroupParent { get; init; }

    /// <summary>Path of a seccomp profile; null is the built-in one, "unconfined" none.</summary>
    public string? SeccompProfile { get; init; }

    public bool NoNewPrivileges { get; init; }

    /// <summary>Whether containers that do not say get an init.</summary>
    public bool Init { get; init; }

    public string? InitPath { get; init; }
    public TimeSpan ShutdownTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Directory of berth-shim; the daemon's own.</summary>
    public string ProgramDirectory { get; init; } = AppContext.BaseDirectory;
}

/// <param name="Base">A network, such as <c>172.17.0.0/12</c>.</param>
/// <param name="Size">Prefix length of the networks cut from it.</param>
public sealed record AddressPoolOption(string Base, int Size)
{
    /// <summary>moby 28: libnetwork/ipamutils/utils.go, localScopeDefaultNetworks.</summary>
    public static IReadOnlyList<AddressPoolOption> Defaults { get; } =
    [
        new("172.17.0.0/16", 16), new("172.18.0.0/16", 16), new("172.19.0.0/16", 16), new("172.20.0.0/14", 16),
        new("172.24.0.0/14", 16), new("172.28.0.0/14", 16), new("192.168.0.0/16", 20),
    ];
}

public sealed record RuntimeOption(string Path, IReadOnlyList<string> Arguments);
