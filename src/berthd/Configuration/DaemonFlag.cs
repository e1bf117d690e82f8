namespace Berth.Daemon.Configuration;

internal enum FlagKind
{
    Switch,
    Value,
    List,
}

/// <param name="Name">As on the command line, without dashes.</param>
/// <param name="Directive">As in <c>daemon.json</c>; null where it can be no directive.</param>
/// <param name="Argument">What help calls the value.</param>
internal sealed record DaemonFlag(string Name, char? Shorthand, FlagKind Kind, string? Directive, string Argument, string Help)
{
    /// <summary>May be given both as a flag and in the file: the two are joined. moby 28: daemon/config/config.go, skipDuplicates.</summary>
    public bool Joins => Directive == "runtimes";

    /// <summary>The directive's name in files of earlier releases.</summary>
    public string? EarlierDirective { get; init; }

    /// <summary>Why a value is not supported and what to do; null for one that is. Null where the flag turns something and every value is checked there.</summary>
    public Func<string, string?>? Refusal { get; init; }

    /// <summary>All that dockerd has: first those that turn something here, then <see cref="DockerdFlags"/>.</summary>
    public static IReadOnlyList<DaemonFlag> All { get; } =
    [
        new("add-runtime", null, FlagKind.List, "runtimes", "runtime", "Register an additional OCI runtime: name=path"),
        new("bip", null, FlagKind.Value, "bip", "string", "Address and mask of the default bridge, such as 172.17.0.1/16"),
        new("bridge", 'b', FlagKind.Value, "bridge", "string", "Name of the default bridge's interface"),
        new("cgroup-parent", null, FlagKind.Value, "cgroup-parent", "string", "Parent cgroup of all containers"),
        new("config-file", null, FlagKind.Value, null, "string", "Daemon configuration file (default \"/etc/berth/daemon.json\")"),
        new("data-root", null, FlagKind.Value, "data-root", "string", "Root directory of persistent state (default \"/var/lib/berth\")"),
        new("debug", 'D', FlagKind.Switch, "debug", "", "Enable debug mode"),
        new("default-address-pool", null, FlagKind.List, "default-address-pools", "pool", "Address pool of new networks: base=10.10.0.0/16,size=24"),
        new("default-cgroupns-mode", null, FlagKind.Value, "default-cgroupns-mode", "string", "Cgroup namespace of containers that name none: private or host"),
        new("default-ipc-mode", null, FlagKind.Value, "default-ipc-mode", "string", "IPC mode of containers that name none: private or shareable (default \"private\")"),
        new("default-network-opt", null, FlagKind.List, "default-network-opts", "map", "Option of new networks: driver=option=value"),
        new("default-runtime", null, FlagKind.Value, "default-runtime", "string", "OCI runtime of containers that name none"),
        new("default-shm-size", null, FlagKind.Value, "default-shm-size", "bytes", "Size of /dev/shm in containers (default 64MiB)"),
        new("default-ulimit", null, FlagKind.List, "default-ulimits", "ulimit", "Ulimit of containers: name=soft[:hard]"),
        new("dns", null, FlagKind.List, "dns", "list", "DNS server of containers"),
        new("dns-opt", null, FlagKind.List, "dns-opts", "list", "DNS option of containers"),
        new("dns-search", null, FlagKind.List, "dns-search", "list", "DNS search domain of containers"),
        new("exec-root", null, FlagKind.Value, "exec-root", "string", "Root directory of run-time state (default \"/run/berth\")"),
        new("fixed-cidr", null, FlagKind.Value, "fixed-cidr", "string", "Part of the default bridge's network that containers get their addresses from"),
        new("group", 'G', FlagKind.Value, "group", "string", "Group of the unix socket (default \"docker\")"),
        new("help", 'h', FlagKind.Switch, null, "", "Print usage"),
        new("host", 'H', FlagKind.List, "hosts", "list", "Socket to listen on: unix:///path or tcp://address:port"),
        new("host-gateway-ip", null, FlagKind.List, "host-gateway-ips", "ip", "Address that host-gateway in --add-host means (default: the gateway)")
        {
            EarlierDirective = "host-gateway-ip",
        },
        new("http-proxy", null, FlagKind.Value, "http-proxy", "string", "Proxy of the daemon's http:// requests; in the file below \"proxies\""),
        new("https-proxy", null, FlagKind.Value, "https-proxy", "string", "Proxy of the daemon's https:// requests; in the file below \"proxies\""),
        new("icc", null, FlagKind.Switch, "icc", "", "Let containers of the default bridge talk to each other (default true)"),
        new("init", null, FlagKind.Switch, "init", "", "Put an init before the command of containers that do not say"),
        new("init-path", null, FlagKind.Value, "init-path", "string", "Program that --init puts before a container's command"),
        new("insecure-registry", null, FlagKind.List, "insecure-registries", "list", "Registry that may be spoken to without TLS: host:port or CIDR"),
        new("ip", null, FlagKind.Value, "ip", "ip", "Address that published ports bind to (default 0.0.0.0)"),
        new("ip-forward", null, FlagKind.Switch, "ip-forward", "", "Enable net.ipv4.ip_forward (default true)"),
        new("ip-masq", null, FlagKind.Switch, "ip-masq", "", "Masquerade what leaves the default bridge (default true)"),
        new("label", null, FlagKind.List, "labels", "list", "Label of the daemon: key=value"),
        new("log-driver", null, FlagKind.Value, "log-driver", "string", "Log driver of containers that name none (default \"json-file\")"),
        new("log-format", null, FlagKind.Value, "log-format", "string", "Form of the daemon's own log: text or json (default \"text\")"),
        new("log-level", 'l', FlagKind.Value, "log-level", "string", "debug, info, warn, error or fatal (default \"info\")"),
        new("log-opt", null, FlagKind.List, "log-opts", "map", "Option of the log driver: max-size=10m"),
        new("max-concurrent-downloads", null, FlagKind.Value, "max-concurrent-downloads", "int", "Layers fetched at once per pull (default 3)"),
        new("max-concurrent-uploads", null, FlagKind.Value, "max-concurrent-uploads", "int", "Layers sent at once per push (default 5)"),
        new("max-download-attempts", null, FlagKind.Value, "max-download-attempts", "int", "Attempts per layer of a pull (default 5)"),
        new("mtu", null, FlagKind.Value, "mtu", "int", "MTU of the default bridge (default 1500)"),
        new("no-new-privileges", null, FlagKind.Switch, "no-new-privileges", "", "Set no-new-privileges in all containers"),
        new("no-proxy", null, FlagKind.Value, "no-proxy", "string", "Hosts that are reached without a proxy, with commas between; in the file below \"proxies\""),
        new("pidfile", 'p', FlagKind.Value, "pidfile", "string", "PID file (default: berthd.pid below the exec root)"),
        new("registry-mirror", null, FlagKind.List, "registry-mirrors", "list", "Mirror of docker.io, tried before it"),
        new("seccomp-profile", null, FlagKind.Value, "seccomp-profile", "string", "Path of a seccomp profile, \"builtin\" or \"unconfined\""),
        new("shutdown-timeout", null, FlagKind.Value, "shutdown-timeout", "int", "Seconds that requests may still take when the daemon ends (default 15)"),
        new("tls", null, FlagKind.Switch, "tls", "", "Use TLS on TCP sockets; implied by --tlsverify"),
        new("tlscacert", null, FlagKind.Value, "tlscacert", "string", "Trust only clients certified by this CA (default \"~/.docker/ca.pem\")"),
        new("tlscert", null, FlagKind.Value, "tlscert", "string", "Path of the TLS certificate (default \"~/.docker/cert.pem\")"),
        new("tlskey", null, FlagKind.Value, "tlskey", "string", "Path of the TLS key (default \"~/.docker/key.pem\")"),
        new("tlsverify", null, FlagKind.Switch, "tlsverify", "", "Use TLS and verify the client"),
        new("validate", null, FlagKind.Switch, null, "", "Check the configuration and exit"),
        new("version", 'v', FlagKind.Switch, null, "", "Print version information and quit"),
        .. DockerdFlags.Create(),
    ];

    public static string Usage()
    {
        IEnumerable<string> turned = All.Where(flag => flag.Refusal is null).Select(flag => $"{flag.Form(),-42} {flag.Help}");
        IEnumerable<string> others = All.Where(flag => flag.Refusal is not null).Select(flag => flag.Form());
        return $"""

            Usage:  berthd [OPTIONS]

            A container daemon that serves the Docker Engine API.

            Options:
            {string.Join('\n', turned)}

            Options of dockerd that are taken where they ask for what this daemon does anyway:
            {string.Join('\n', others)}

            """;
    }

    private string Form() => $"  {(Shorthand is { } letter ? $"-{letter}, " : "    ")}--{Name}{(Argument.Length > 0 ? $" {Argument}" : "")}";
}
