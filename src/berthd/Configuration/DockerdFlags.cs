namespace Berth.Daemon.Configuration;

/// <summary>
/// dockerd's other flags, so that its configuration files and unit files can be used here: accepted where they ask for what this daemon does
/// anyway, refused where it would have to do otherwise.
/// </summary>
/// <remarks>moby 20.10 to 28: cmd/dockerd/config.go and config_unix.go, installCommonConfigFlags and installConfigFlags.</remarks>
internal static class DockerdFlags
{
    private const string NoSwarm = "this daemon has no Swarm mode; leave it out";
    private const string NoIpv6 = "containers have IPv4 addresses only; leave it out";

    public static IReadOnlyList<DaemonFlag> Create() =>
    [
        // What is so anyway, or has no meaning here.
        List("allow-nondistributable-artifacts", "allow-nondistributable-artifacts", _ => null),
        Value("containerd", _ => null),
        Value("containerd-namespace", _ => null),
        Value("containerd-plugins-namespace", _ => null) with { EarlierDirective = "containerd-plugin-namespace" },
        Value("deprecated-key-path", _ => null),
        Switch("experimental", _ => null),
        List("feature", null, _ => null),
        Switch("ip-forward-no-drop", _ => null),
        Switch("ip6tables", _ => null),
        Number("network-control-plane-mtu", _ => null),
        Switch("raw-logs", _ => null),
        Switch("userland-proxy", _ => null),
        Value("userland-proxy-path", _ => null),

        // What can be so in one way only.
        Switch("allow-direct-routing", NotTrue("packets that are not for a published port are dropped; leave it out, and publish the ports")),
        List("authorization-plugin", "authorization-plugins", _ => "this daemon has no plugins; leave it out, and let only trusted users reach the socket"),
        Value("bip6", NotEmpty(NoIpv6)),
        Value("bridge-accept-fwmark", NotEmpty("the firewall's rules look at no marks; leave it out")),
        List("cdi-spec-dir", "cdi-spec-dirs", _ => "this daemon gives no CDI devices; leave it out, and name devices with --device"),
        Number("cpu-rt-period", NotZero("groups get no real-time time from this daemon; leave it out")),
        Number("cpu-rt-runtime", NotZero("groups get no real-time time from this daemon; leave it out")),
        Switch("cri-containerd", NotTrue("this daemon starts no containerd; leave it out, and run one of its own for Kubernetes")),
        Value("default-gateway", NotEmpty("the default bridge's own address is the gateway; leave it out, and choose that address with bip")),
        Value("default-gateway-v6", NotEmpty(NoIpv6)),
        List("exec-opt", "exec-opts", ExecOption),
        Value("firewall-backend", value => value is "" or "nftables" ? null : "rules are made with nftables; say \"nftables\", or leave it out"),
        Value("fixed-cidr-v6", NotEmpty(NoIpv6)),
        Switch("iptables", value => value == "true" ? null
            : "published ports need the firewall, which only gets a table of this daemon's own; leave it out, and use --network host where no rules are wanted"),
        Switch("ipv6", NotTrue(NoIpv6)),
        Switch("live-restore", value => value == "true" ? null
            : "containers always outlive this daemon; leave it out, and stop containers before the daemon where they must not run on"),
        Value("metrics-addr", NotEmpty("this daemon serves no metrics; leave it out")),
        Number("network-diagnostic-port", NotZero("this daemon has no such server; leave it out")),
        List("node-generic-resource", "node-generic-resources", _ => NoSwarm),
        Number("oom-score-adjust", NotZero("the service manager decides it; leave it out, and set OOMScoreAdjust= in the daemon's unit")),
        Switch("rootless", NotTrue("this daemon runs as root; leave it out")),
        Switch("selinux-enabled", NotTrue("this daemon sets no SELinux labels; leave it out")),
        Value("storage-driver", value => value is "" or "overlay2" or "overlayfs" ? null : "layers are kept by overlayfs; say \"overlay2\", or leave it out", 's'),
        List("storage-opt", "storage-opts", StorageOption),
        Value("swarm-default-advertise-addr", NotEmpty(NoSwarm)),
        Value("userns-remap", NotEmpty("containers have no user namespace of their own; leave it out, and choose a user with --user")),

        // What dockerd has given up.
        Value("api-cors-header", NotEmpty("Docker has removed it; leave it out, and put a reverse proxy before the API")),
        Value("cluster-advertise", NotEmpty("Docker has removed it; leave it out")),
        Value("cluster-store", NotEmpty("Docker has removed it; leave it out")),
        List("cluster-store-opt", "cluster-store-opts", _ => "Docker has removed it; leave it out"),
        Value("graph", _ => "Docker has removed it; say data-root", 'g'),
        Switch("restart", value => value == "true" ? null : "Docker has removed it; leave it out, and use restart policies") with { Directive = null, Shorthand = 'r' },
    ];

    /// <exception cref="ConfigurationException">A value asks for what this daemon does not do.</exception>
    public static void Check(Settings settings)
    {
        foreach (DaemonFlag flag in DaemonFlag.All)
        {
            if (flag.Refusal is { } refusal
                && settings.List(flag.Name).Select(value => (Value: value, Reason: refusal(value))).FirstOrDefault(said => said.Reason is not null) is { Reason: { } reason } refused)
            {
                throw new ConfigurationException($"{flag.Directive ?? flag.Name} \"{refused.Value}\" is not supported: {reason}");
            }
        }
    }

    // moby 28: daemon/config/config.go, parseExecOptions; daemon/daemon_unix.go, verifyCgroupDriver.
    private static string? ExecOption(string option)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        string name = equals < 0 ? "" : option[..equals].Trim().ToLowerInvariant();
        string value = option[(equals + 1)..].Trim();
        return (name, value) switch
        {
            ("", _) or (_, "") => throw new ConfigurationException($"invalid exec-opt ({option}): must be formatted 'opt=value'"),
            ("native.cgroupdriver", "cgroupfs") => null,
            ("native.cgroupdriver", "systemd") => "containers' groups are made in the cgroup file system; say native.cgroupdriver=cgroupfs, or leave it out",
            ("native.cgroupdriver", _) => throw new ConfigurationException($"native.cgroupdriver option {value} not supported"),
            ("isolation", _) => throw new ConfigurationException($"invalid exec-opt ({option}): option 'isolation' is only supported on windows"),
            _ => throw new ConfigurationException($"invalid exec-opt ({option}): unknown option: '{name}'"),
        };
    }

    private static string? StorageOption(string option) => option.Split('=')[0].Trim().ToLowerInvariant() switch
    {
        // Checked by the kernel's features, not by its version.
        "overlay2.override_kernel_check" or "overlay.override_kernel_check" => null,
        "overlay2.size" => "there are no quotas for containers' layers; leave it out",
        _ => "it is none of overlay2's options; leave it out",
    };

    private static Func<string, string?> NotEmpty(string reason) => value => value.Length == 0 ? null : reason;

    private static Func<string, string?> NotTrue(string reason) => value => value == "true" ? reason : null;

    private static Func<string, string?> NotZero(string reason) => value => value == "0" ? null : reason;

    private static DaemonFlag Switch(string name, Func<string, string?> refusal) => new(name, null, FlagKind.Switch, name, "", "") { Refusal = refusal };

    private static DaemonFlag Value(string name, Func<string, string?> refusal, char? shorthand = null) =>
        new(name, shorthand, FlagKind.Value, name, "string", "") { Refusal = refusal };

    private static DaemonFlag Number(string name, Func<string, string?> refusal) => new(name, null, FlagKind.Value, name, "int", "") { Refusal = refusal };

    private static DaemonFlag List(string name, string? directive, Func<string, string?> refusal) =>
        new(name, null, FlagKind.List, directive, "list", "") { Refusal = refusal };
}
