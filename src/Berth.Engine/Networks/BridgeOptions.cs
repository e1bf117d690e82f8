using System.Globalization;
using System.Net;

namespace Berth.Engine.Networks;

/// <summary>What a bridge network's driver options say. moby 28: libnetwork/drivers/bridge/labels.go and libnetwork/netlabel.</summary>
internal sealed record BridgeOptions
{
    public const string BridgeNameLabel = "com.docker.network.bridge.name";
    public const string IccLabel = "com.docker.network.bridge.enable_icc";
    public const string MasqueradeLabel = "com.docker.network.bridge.enable_ip_masquerade";
    public const string HostBindingLabel = "com.docker.network.bridge.host_binding_ipv4";
    public const string DefaultBridgeLabel = "com.docker.network.bridge.default_bridge";
    public const string MtuLabel = "com.docker.network.driver.mtu";
    public const string InterfacePrefixLabel = "com.docker.network.container_iface_prefix";
    private const string GatewayModeLabel = "com.docker.network.bridge.gateway_mode_ipv4";
    private const string InhibitLabel = "com.docker.network.bridge.inhibit_ipv4";

    public required string BridgeName { get; init; }
    public required bool ContainersMayTalk { get; init; }
    public required bool Masquerades { get; init; }

    /// <summary>Where ports are published that name no address.</summary>
    public required IPAddress HostBinding { get; init; }

    public required int Mtu { get; init; }

    /// <summary>Name of the container's interfaces without their number.</summary>
    public required string InterfacePrefix { get; init; }

    /// <exception cref="EngineException">An option's value is not what it must be, or not supported.</exception>
    public static BridgeOptions Parse(IReadOnlyDictionary<string, string>? options, string networkId, EngineOptions engine)
    {
        options ??= new Dictionary<string, string>();
        if (options.GetValueOrDefault(GatewayModeLabel) is { Length: > 0 } mode && mode != "nat")
        {
            throw new EngineException(ErrorKind.NotImplemented, $"gateway mode \"{mode}\" is not supported: only \"nat\" is");
        }

        if (Flag(options, InhibitLabel, false))
        {
            throw new EngineException(ErrorKind.NotImplemented, $"{InhibitLabel} is not supported");
        }

        string name = options.GetValueOrDefault(BridgeNameLabel) is { Length: > 0 } given ? given : $"br-{networkId[..12]}";
        return new BridgeOptions
        {
            BridgeName = IsInterfaceName(name) ? name : throw NetworkErrors.InvalidBridgeName(name),
            ContainersMayTalk = Flag(options, IccLabel, true),
            Masquerades = Flag(options, MasqueradeLabel, true),
            HostBinding = Address(options, engine),
            Mtu = Number(options, engine.Mtu),
            InterfacePrefix = Prefix(options),
        };
    }

    /// <summary>The options that dockerd shows for its default bridge.</summary>
    public static IReadOnlyDictionary<string, string> OfDefaultBridge(EngineOptions engine) => new Dictionary<string, string>
    {
        [DefaultBridgeLabel] = "true",
        [IccLabel] = engine.InterContainerCommunication ? "true" : "false",
        [MasqueradeLabel] = engine.EnableIpMasquerade ? "true" : "false",
        [HostBindingLabel] = engine.DefaultBindAddress,
        [BridgeNameLabel] = engine.BridgeName,
        [MtuLabel] = engine.Mtu.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>Kernel's rule (net/core/dev.c, dev_valid_name), and none of the characters that would have to be quoted in a firewall rule.</summary>
    private static bool IsInterfaceName(string name) =>
        name.Length is > 0 and <= Berth.Linux.Netlink.Links.MaxNameLength && name is not ("." or "..")
        && name.All(c => c is > ' ' and < (char)127 and not ('/' or ':' or '"' or '\'' or '\\' or '*'));

    private static bool Flag(IReadOnlyDictionary<string, string> options, string name, bool otherwise) =>
        options.GetValueOrDefault(name) is not { Length: > 0 } value ? otherwise : value switch
        {
            // Go's strconv.ParseBool
            "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
            "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
            _ => throw NetworkErrors.InvalidOption(name, $"{value} (strconv.ParseBool: parsing \"{value}\": invalid syntax)"),
        };

    private static IPAddress Address(IReadOnlyDictionary<string, string> options, EngineOptions engine)
    {
        string text = options.GetValueOrDefault(HostBindingLabel) is { Length: > 0 } given ? given : engine.DefaultBindAddress;
        return Ipv4Network.TryParseAddress(text, out uint address)
            ? Ipv4Network.Address(address)
            : throw NetworkErrors.InvalidOption(HostBindingLabel, $"{text} (not an IPv4 address)");
    }

    private static int Number(IReadOnlyDictionary<string, string> options, int otherwise)
    {
        if (options.GetValueOrDefault(MtuLabel) is not { Length: > 0 } text)
        {
            return otherwise;
        }

        // 68: the least that IPv4 needs, RFC 791.
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int mtu) && mtu is 0 or (>= 68 and <= 65535)
            ? (mtu == 0 ? otherwise : mtu)
            : throw NetworkErrors.InvalidOption(MtuLabel, text);
    }

    private static string Prefix(IReadOnlyDictionary<string, string> options)
    {
        string prefix = options.GetValueOrDefault(InterfacePrefixLabel) is { Length: > 0 } given ? given : "eth";
        return IsInterfaceName(prefix + "999") ? prefix : throw NetworkErrors.InvalidBridgeName(prefix);
    }
}
