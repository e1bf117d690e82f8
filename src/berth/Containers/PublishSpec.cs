using System.Globalization;
using Berth.Api;
using Berth.Api.Containers;

namespace Berth.Cli.Containers;

/// <summary><c>-p</c> and <c>--expose</c>: <c>[ip:][hostPort[-end]:]containerPort[-end][/protocol]</c>, or <c>published=…,target=…,protocol=…</c>.</summary>
/// <remarks>Source: github.com/docker/go-connections 0.5, nat/nat.go and nat/parse.go; docker/cli 28, convertToStandardNotation.</remarks>
internal static class PublishSpec
{
    /// <summary>What is exposed, and to which of the host's addresses and ports.</summary>
    /// <exception cref="FormatException">A port is none.</exception>
    public static (IReadOnlyDictionary<string, EmptyObject> Exposed, IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> Bindings)
        Parse(IReadOnlyList<string> published, IReadOnlyList<string> exposed)
    {
        var ports = new Dictionary<string, EmptyObject>();
        var bindings = new Dictionary<string, List<PortBinding>>();
        foreach (string spec in published)
        {
            foreach ((string port, PortBinding binding) in ParseOne(spec.Contains('=', StringComparison.Ordinal) ? FromFields(spec) : spec))
            {
                ports[port] = EmptyObject.Value;
                if (!bindings.TryGetValue(port, out List<PortBinding>? list))
                {
                    bindings[port] = list = [];
                }

                list.Add(binding);
            }
        }

        foreach (string spec in exposed)
        {
            AddExposed(ports, spec);
        }

        return (ports, bindings.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<PortBinding>?)pair.Value));
    }

    private static void AddExposed(Dictionary<string, EmptyObject> ports, string spec)
    {
        if (spec.Contains(':', StringComparison.Ordinal))
        {
            throw new FormatException($"invalid port format for --expose: {spec}");
        }

        (string protocol, string port) = SplitProtocol(spec);
        (int first, int last) = Range(port, reason => $"invalid range format for --expose: {spec}, error: {reason}");
        for (int number = first; number <= last; number++)
        {
            ports[Port(number, protocol)] = EmptyObject.Value;
        }
    }

    private static string FromFields(string spec)
    {
        var fields = new Dictionary<string, string> { ["protocol"] = "tcp" };
        foreach (string field in spec.Split(','))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                throw new FormatException($"invalid publish opts format (should be name=value but got '{field}')");
            }

            fields[field[..equals]] = field[(equals + 1)..];
        }

        return $"{fields.GetValueOrDefault("published")}:{fields.GetValueOrDefault("target")}/{fields["protocol"]}";
    }

    private static IEnumerable<(string Port, PortBinding Binding)> ParseOne(string spec)
    {
        (string ip, string hostPort, string rest) = SplitParts(spec);
        (string protocol, string containerPort) = SplitProtocol(rest);
        ip = ip.StartsWith('[') ? Unbracket(ip) : ip;
        if (ip.Length > 0 && !GoAddress.IsAddress(ip))
        {
            throw new FormatException($"invalid IP address: {ip}");
        }

        if (containerPort.Length == 0)
        {
            throw new FormatException($"no port specified: {spec}<empty>");
        }

        (int first, int last) = Range(containerPort, _ => $"invalid containerPort: {containerPort}");
        (int hostFirst, int hostLast) = hostPort.Length == 0 ? (0, 0) : Range(hostPort, _ => $"invalid hostPort: {hostPort}");
        if (hostPort.Length > 0 && last - first != hostLast - hostFirst && first != last)
        {
            throw new FormatException($"invalid ranges specified for container and host Ports: {containerPort} and {hostPort}");
        }

        if (protocol.ToLowerInvariant() is not ("tcp" or "udp" or "sctp"))
        {
            throw new FormatException($"invalid proto: {protocol}");
        }

        for (int i = 0; i <= last - first; i++)
        {
            // One container port and many of the host: the daemon takes one that is free.
            string host = hostPort.Length == 0 ? ""
                : first == last && hostFirst != hostLast ? string.Create(CultureInfo.InvariantCulture, $"{hostFirst}-{hostLast}")
                : (hostFirst + i).ToString(CultureInfo.InvariantCulture);
            yield return (Port(first + i, protocol.ToLowerInvariant()), new PortBinding { HostIp = ip, HostPort = host });
        }
    }

    private static (string Ip, string HostPort, string ContainerPort) SplitParts(string spec)
    {
        string[] parts = spec.Split(':');
        return parts switch
        {
            [var container] => ("", "", container),
            [var host, var container] => ("", host, container),
            _ => (string.Join(':', parts[..^2]), parts[^2], parts[^1]),
        };
    }

    private static string Unbracket(string ip) => ip.EndsWith(']')
        ? ip[1..^1]
        : throw new FormatException($"invalid IP address {ip}: address {ip}:: missing ']' in address");

    private static (string Protocol, string Port) SplitProtocol(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string port = slash < 0 ? text : text[..slash];
        string protocol = slash < 0 ? "" : text[(slash + 1)..];
        return port.Length == 0 ? ("", "") : (protocol.Length == 0 ? "tcp" : protocol, port);
    }

    private static (int First, int Last) Range(string text, Func<string, string> failure)
    {
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        int first = Number(dash < 0 ? text : text[..dash], failure);
        int last = dash < 0 ? first : Number(text[(dash + 1)..], failure);
        return last < first ? throw new FormatException(failure($"invalid range specified for port: {text}")) : (first, last);
    }

    private static int Number(string text, Func<string, string> failure) =>
        ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ushort number)
            ? number
            : throw new FormatException(failure(text.Length == 0
                ? "empty string specified for ports"
                : $"strconv.ParseUint: parsing {GoText.Quote(text)}: {(text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax")}"));

    private static string Port(int number, string protocol) => string.Create(CultureInfo.InvariantCulture, $"{number}/{protocol}");
}
