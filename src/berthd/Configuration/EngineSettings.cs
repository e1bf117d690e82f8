using System.Globalization;
using System.Net;
using Berth.Engine;

namespace Berth.Daemon.Configuration;

/// <summary>The engine's part of the settings, checked.</summary>
internal static class EngineSettings
{
    /// <exception cref="ConfigurationException">A value is none that the directive can have.</exception>
    public static EngineOptions From(Settings settings)
    {
        DockerdFlags.Check(settings);
        var defaults = new EngineOptions();
        return defaults with
        {
            DataRoot = FullPath(settings, "data-root", defaults.DataRoot),
            ExecRoot = FullPath(settings, "exec-root", defaults.ExecRoot),
            RegistryMirrors = [.. settings.List("registry-mirror").Select(Mirror)],
            InsecureRegistries = [.. settings.List("insecure-registry").Select(InsecureRegistry)],
            MaxConcurrentDownloads = Count(settings, "max-concurrent-downloads", "max concurrent downloads", defaults.MaxConcurrentDownloads),
            MaxConcurrentUploads = Count(settings, "max-concurrent-uploads", "max concurrent uploads", defaults.MaxConcurrentUploads),
            MaxDownloadAttempts = Count(settings, "max-download-attempts", "max download attempts", defaults.MaxDownloadAttempts),
            BridgeIp = settings.Text("bip") is { Length: > 0 } bridgeIp ? BridgeIp(bridgeIp) : null,
            FixedCidr = settings.Text("fixed-cidr") is { Length: > 0 } range ? FixedCidr(range) : null,
            BridgeName = settings.Text("bridge") is { Length: > 0 } bridge ? BridgeName(bridge) : defaults.BridgeName,
            DefaultAddressPools = settings.List("default-address-pool") is { Count: > 0 } pools ? [.. pools.Select(Pool)] : defaults.DefaultAddressPools,
            DefaultNetworkOptions = NetworkOptions(settings.List("default-network-opt")),
            HostGatewayAddresses = HostGateways(settings.List("host-gateway-ip")),
            Dns = [.. settings.List("dns").Select(text => Address("dns", text))],
            DnsOptions = settings.List("dns-opt"),
            DnsSearch = settings.List("dns-search"),
            Mtu = Count(settings, "mtu", "default MTU", defaults.Mtu),
            EnableIpForward = settings.Switch("ip-forward", defaults.EnableIpForward),
            EnableIpMasquerade = settings.Switch("ip-masq", defaults.EnableIpMasquerade),
            InterContainerCommunication = settings.Switch("icc", defaults.InterContainerCommunication),
            DefaultBindAddress = settings.Text("ip") is { Length: > 0 } ip ? Address("ip", ip) : defaults.DefaultBindAddress,
            DefaultRuntime = settings.Text("default-runtime"),
            Runtimes = Runtimes(settings),
            LogDriver = settings.Text("log-driver") ?? defaults.LogDriver,
            LogOptions = settings.List("log-opt").Select(text => Pair("log-opt", text)).ToDictionary(p => p.Key, p => p.Value),
            Labels = Labels(settings.List("label")),
            DefaultShmSizeBytes = settings.Text("default-shm-size") is { } size ? Bytes(size) : defaults.DefaultShmSizeBytes,
            DefaultUlimits = settings.List("default-ulimit").Select(Ulimit).ToDictionary(u => u.Name, u => (u.Soft, u.Hard)),
            DefaultIpcMode = IpcMode(settings.Text("default-ipc-mode")) ?? defaults.DefaultIpcMode,
            DefaultCgroupNamespaceMode = CgroupNamespaceMode(settings.Text("default-cgroupns-mode")),
            CgroupParent = settings.Text("cgroup-parent") is { Length: > 0 } parent ? parent : null,
            SeccompProfile = settings.Text("seccomp-profile") is { } profile && profile is not ("" or "builtin") ? profile : null,
            NoNewPrivileges = settings.Switch("no-new-privileges", false),
            Init = settings.Switch("init", false),
            InitPath = settings.Text("init-path") is { Length: > 0 } init ? init : null,
            ShutdownTimeout = TimeSpan.FromSeconds(Count(settings, "shutdown-timeout", "shutdown timeout", 15)),
        };
    }

    private static string FullPath(Settings settings, string name, string otherwise) =>
        Path.GetFullPath(settings.Text(name) is { Length: > 0 } path ? path : otherwise);

    private static int Count(Settings settings, string name, string what, int otherwise)
    {
        if (settings.Text(name) is not { } text)
        {
            return otherwise;
        }

        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count))
        {
            throw ConfigurationException.InvalidArgument(name, text, $"strconv.ParseInt: parsing \"{text}\": invalid syntax");
        }

        return count >= 0 ? count == 0 ? otherwise : count : throw new ConfigurationException($"invalid {what}: {count}");
    }

    // moby 28: registry/config.go, ValidateMirror.
    private static Uri Mirror(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? mirror) || mirror.Scheme is not ("http" or "https"))
        {
            throw new ConfigurationException($"invalid mirror: no scheme specified for \"{text}\": must use either 'https://' or 'http://'");
        }

        return mirror.Query.Length == 0 && mirror.Fragment.Length == 0
            ? mirror
            : throw new ConfigurationException($"invalid mirror: query or fragment at end of the URI \"{text}\"");
    }

    // moby 28: registry/config.go, loadInsecureRegistries.
    private static string InsecureRegistry(string text)
    {
        string registry = text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? text[8..]
            : text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? text[7..] : text;
        return registry.Length > 0 && !registry.Contains("://", StringComparison.Ordinal) && !registry.StartsWith('-')
            ? registry
            : throw new ConfigurationException($"insecure registry {text} should not contain '://'");
    }

    private static string BridgeIp(string text) =>
        text.Split('/') is [string address, string prefix] && IPAddress.TryParse(address, out _) && byte.TryParse(prefix, NumberStyles.None, CultureInfo.InvariantCulture, out byte length) && length <= 32
            ? text
            : throw new ConfigurationException($"invalid bip: {text} is no address with a prefix length, such as 172.17.0.1/16");

    private static string FixedCidr(string text) =>
        IPNetwork.TryParse(text, out IPNetwork range) && range.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? text
            : throw new ConfigurationException($"invalid fixed-cidr: {text} is no IPv4 network, such as 172.17.1.0/24");

    // moby 28: opts/opts.go, ValidateHostGatewayIPs.
    private static List<string> HostGateways(IReadOnlyList<string> texts)
    {
        List<string> addresses = [.. texts.Select(text => Address("host-gateway-ip", text))];
        return addresses.CountBy(text => IPAddress.Parse(text).AddressFamily).FirstOrDefault(family => family.Value > 1) is { Value: > 1 } family
            ? throw new ConfigurationException(
                $"only one {(family.Key == System.Net.Sockets.AddressFamily.InterNetwork ? "IPv4" : "IPv6")} host gateway IP address can be specified")
            : addresses;
    }

    private static Dictionary<string, IReadOnlyDictionary<string, string>> NetworkOptions(IReadOnlyList<string> texts)
    {
        var options = new Dictionary<string, IReadOnlyDictionary<string, string>>(StringComparer.Ordinal);
        foreach (IGrouping<string, string> driver in texts.Select(text => Pair("default-network-opt", text)).GroupBy(pair => pair.Key, pair => pair.Value))
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach ((string name, string value) in driver.Select(text => Pair("default-network-opt", text)))
            {
                values[name] = value;
            }

            options[driver.Key] = values;
        }

        return options;
    }

    // moby 28: daemon/config/config_linux.go, verifyDefaultIpcMode.
    private static string? IpcMode(string? mode) => mode switch
    {
        null or "" => null,
        "private" or "shareable" => mode,
        "host" or "none" => throw new ConfigurationException($"IPC mode \"{mode}\" is not supported as default value; use \"shareable\" or \"private\""),
        _ => throw new ConfigurationException($"default IPC mode setting ({mode}) is invalid; use \"shareable\" or \"private\""),
    };

    // moby 28: daemon/config/config_linux.go, verifyDefaultCgroupNsMode.
    private static string? CgroupNamespaceMode(string? mode) => mode switch
    {
        null or "" => null,
        "private" or "host" => mode,
        _ => throw new ConfigurationException($"invalid default cgroup namespace ({mode}): use \"host\" or \"private\""),
    };

    private static string BridgeName(string name) => name == "none"
        ? throw new ConfigurationException("--bridge none (no default network at all) is not supported: containers choose --network none")
        // linux/if.h: IFNAMSIZ is 16 with the terminating zero.
        : name.Length <= 15 && !name.AsSpan().ContainsAny(" /:") ? name : throw new ConfigurationException($"invalid bridge name: {name}");

    private static AddressPoolOption Pool(string text)
    {
        Dictionary<string, string> parts = text.Split(',').Select(part => Pair("default-address-pool", part)).ToDictionary(p => p.Key, p => p.Value);
        if (parts.GetValueOrDefault("base") is not { } network || !IPNetwork.TryParse(network, out IPNetwork parsed))
        {
            throw new ConfigurationException($"invalid pool base: {parts.GetValueOrDefault("base")}");
        }

        return int.TryParse(parts.GetValueOrDefault("size"), NumberStyles.None, CultureInfo.InvariantCulture, out int size)
            && size >= parsed.PrefixLength && size <= parsed.BaseAddress.GetAddressBytes().Length * 8
                ? new AddressPoolOption(network, size)
                : throw new ConfigurationException($"invalid pool size: {parts.GetValueOrDefault("size")}");
    }

    private static string Address(string name, string text) =>
        IPAddress.TryParse(text, out _) ? text : throw ConfigurationException.InvalidArgument(name, text, $"{text} is not an ip address");

    private static Dictionary<string, RuntimeOption> Runtimes(Settings settings)
    {
        var runtimes = new Dictionary<string, RuntimeOption>(settings.Runtimes, StringComparer.Ordinal);
        if (runtimes.FirstOrDefault(runtime => runtime.Value.Path.Length == 0).Key is { } nowhere)
        {
            throw new ConfigurationException($"runtime {nowhere}: a path must be configured");
        }

        foreach (string text in settings.List("add-runtime"))
        {
            (string name, string path) = Pair("add-runtime", text);
            if (!runtimes.TryAdd(name, new RuntimeOption(path, [])))
            {
                throw new ConfigurationException($"runtime '{name}' was already defined");
            }
        }

        return runtimes;
    }

    // moby 28: opts/opts.go, ValidateLabel; daemon/config/config.go, GetConflictFreeLabels.
    private static List<string> Labels(IReadOnlyList<string> labels)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string label in labels)
        {
            int equals = label.IndexOf('=');
            if (equals <= 0 || label.AsSpan(0, equals).ContainsAny(" \t"))
            {
                throw new ConfigurationException($"bad attribute format: {label}");
            }

            string key = label[..equals];
            string value = label[(equals + 1)..];
            if (values.TryGetValue(key, out string? other) && other != value)
            {
                throw new ConfigurationException($"conflict labels for {key}={value} and {key}={other}");
            }

            values[key] = value;
        }

        return [.. values.Select(label => $"{label.Key}={label.Value}")];
    }

    private static (string Name, long Soft, long Hard) Ulimit(string text)
    {
        (string name, string value) = Pair("default-ulimit", text);
        string[] limits = value.Split(':');
        bool valid = long.TryParse(limits[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long soft);
        long hard = soft;
        valid &= limits.Length == 1
            || (limits.Length == 2 && long.TryParse(limits[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out hard));
        if (!valid)
        {
            throw new ConfigurationException($"invalid ulimit argument: {text}");
        }

        return hard == -1 || (soft != -1 && soft <= hard)
            ? (name, soft, hard)
            : throw new ConfigurationException($"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}");
    }

    /// <summary>docker/go-units, RAMInBytes: a number and one of b, k, m, g, t, p, each 1024 times the one before.</summary>
    private static long Bytes(string text)
    {
        string lower = text.Trim().ToLowerInvariant();
        string number = lower.TrimEnd('b').TrimEnd('i');
        int power = number.Length > 0 ? "kmgtp".IndexOf(number[^1], StringComparison.Ordinal) + 1 : 0;
        if (power > 0)
        {
            number = number[..^1];
        }

        return decimal.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal size)
            && size * (1L << (10 * power)) is <= long.MaxValue and decimal bytes
                ? (long)bytes
                : throw new ConfigurationException($"invalid size: '{text}'");
    }

    private static (string Key, string Value) Pair(string name, string text)
    {
        int equals = text.IndexOf('=');
        return equals > 0
            ? (text[..equals].Trim(), text[(equals + 1)..].Trim())
            : throw ConfigurationException.InvalidArgument(name, text, "expected name=value");
    }
}
