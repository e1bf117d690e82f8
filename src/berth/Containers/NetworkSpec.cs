using System.Globalization;
using System.Net;
using System.Net.NetworkInformation;
using System.Text.RegularExpressions;
using Berth.Api.Networks;

namespace Berth.Cli.Containers;

/// <summary>A <c>--network</c>: a name, or <c>name=…,alias=…,ip=…</c>.</summary>
/// <remarks>Source: docker/cli 28, opts/network.go and opts/hosts.go.</remarks>
internal sealed partial record NetworkSpec
{
    public const string DefaultTarget = "default";

    public string Target { get; init; } = "";
    public IReadOnlyList<string> Aliases { get; init; } = [];
    public IReadOnlyList<string> Links { get; init; } = [];
    public IReadOnlyList<string> LinkLocalIps { get; init; } = [];
    public IReadOnlyDictionary<string, string>? DriverOptions { get; init; }
    public string Ip { get; init; } = "";
    public string Ip6 { get; init; } = "";
    public string MacAddress { get; init; } = "";
    public long GatewayPriority { get; init; }

    public bool IsUserDefined => Target is not (DefaultTarget or "bridge" or "host" or "none")
        && Target != "container" && !Target.StartsWith("container:", StringComparison.Ordinal);

    public static NetworkSpec Parse(string text)
    {
        if (!LongForm().IsMatch(text))
        {
            return new NetworkSpec { Target = text };
        }

        var network = new NetworkSpec();
        foreach (string field in Csv.Split(text))
        {
            // Go's client compares these without regard to case by lowering the whole field.
            string lower = field.ToLowerInvariant();
            int equals = lower.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"invalid field {field}");
            }

            network = network.With(lower[..equals].Trim(), lower[(equals + 1)..].Trim());
        }

        return network.Target.Length > 0 ? network : throw new FormatException("network name/id is not specified");
    }

    private NetworkSpec With(string key, string value) => key switch
    {
        "name" => this with { Target = value },
        "alias" => this with { Aliases = [.. Aliases, value] },
        "ip" => this with { Ip = value },
        "ip6" => this with { Ip6 = value },
        "mac-address" => this with { MacAddress = value },
        "link-local-ip" => this with { LinkLocalIps = [.. LinkLocalIps, value] },
        "driver-opt" => this with { DriverOptions = WithDriverOption(value) },
        "gw-priority" => this with
        {
            GatewayPriority = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long priority)
                ? priority
                : throw new FormatException($"invalid gw-priority ({value}): strconv.Atoi: parsing {GoText.Quote(value)}: invalid syntax"),
        },
        _ => throw new FormatException($"invalid field key {key}"),
    };

    private Dictionary<string, string> WithDriverOption(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0)
        {
            throw new FormatException("invalid key value pair format in driver options");
        }

        return new Dictionary<string, string>(DriverOptions ?? new Dictionary<string, string>())
        {
            [text[..equals].Trim()] = text[(equals + 1)..].Trim(),
        };
    }

    public EndpointSettings ToEndpoint()
    {
        if (Target.Trim().Length == 0)
        {
            throw new FormatException("no name set for network");
        }

        if (!IsUserDefined && Aliases.Count > 0)
        {
            throw new FormatException("network-scoped aliases are only supported for user-defined networks");
        }

        if (MacAddress.Length > 0 && !PhysicalAddress.TryParse(MacAddress, out _))
        {
            throw new FormatException($"{MacAddress} is not a valid mac address");
        }

        return new EndpointSettings
        {
            Aliases = Aliases.Count == 0 ? null : Aliases,
            Links = Links.Count == 0 ? null : Links,
            DriverOpts = DriverOptions,
            GwPriority = GatewayPriority,
            MacAddress = MacAddress,
            IPAMConfig = Ip.Length + Ip6.Length + LinkLocalIps.Count == 0 ? null : new EndpointIpamConfig
            {
                IPv4Address = Ip.Length == 0 ? null : Ip,
                IPv6Address = Ip6.Length == 0 ? null : Ip6,
                LinkLocalIPs = LinkLocalIps.Count == 0 ? null : LinkLocalIps,
            },
        };
    }

    public static string CheckAddress(string text) => GoAddress.IsAddress(text.Trim())
        ? IPAddress.Parse(text.Trim()).ToString()
        : throw new FormatException($"IP address is not correctly formatted: {text}");

    public static string CheckDomain(string text)
    {
        string domain = text.Trim(' ');
        return domain == "." || (domain.Length < 255 && DomainName().IsMatch(domain) && domain.Trim('.').Length > 0)
            ? domain
            : throw new FormatException($"{text} is not a valid domain");
    }

    public static string CheckLink(string text) =>
        text.Length > 0 && text.Split(':').Length <= 2 ? text
        : text.Length == 0 ? throw new FormatException("empty string specified for links")
        : throw new FormatException($"bad format for links: {text}");

    public static string CheckExtraHost(string text)
    {
        int separator = text.IndexOf('=', StringComparison.Ordinal);
        separator = separator < 0 ? text.IndexOf(':', StringComparison.Ordinal) : separator;
        string host = separator < 0 ? "" : text[..separator];
        if (host.Length == 0 || host.Contains(':', StringComparison.Ordinal))
        {
            throw new FormatException($"bad format for add-host: {GoText.Quote(text)}");
        }

        string address = text[(separator + 1)..];
        address = address.Length > 2 && address[0] == '[' && address[^1] == ']' ? address[1..^1] : address;
        return address == "host-gateway" || GoAddress.IsAddress(address)
            ? $"{host}:{address}"
            : throw new FormatException($"invalid IP address in add-host: {GoText.Quote(address)}");
    }

    [GeneratedRegex(@"\w+=\w+(,\w+=\w+)*")]
    private static partial Regex LongForm();

    [GeneratedRegex(@"^(:?(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9]))(:?\.(:?[a-zA-Z0-9]|(:?[a-zA-Z0-9][a-zA-Z0-9\-]*[a-zA-Z0-9])))*)\.?\s*$")]
    private static partial Regex DomainName();
}
