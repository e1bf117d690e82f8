using System.Globalization;
using Berth.Api;

namespace Berth.Engine.Containers;

/// <summary>The filters <c>publish</c> and <c>expose</c>: <c>80</c>, <c>80/udp</c>, <c>8000-8010/tcp</c>. moby 28: daemon/list.go, portOp.</summary>
internal sealed class PortFilter
{
    private readonly HashSet<string>? _ports;

    private PortFilter(HashSet<string>? ports) => _ports = ports;

    public static PortFilter Parse(string name, Filters filters)
    {
        if (!filters.Contains(name))
        {
            return new PortFilter(null);
        }

        var ports = new HashSet<string>(StringComparer.Ordinal);
        foreach (string value in filters[name])
        {
            ports.UnionWith(Expand(name, value));
        }

        return new PortFilter(ports);
    }

    public bool Matches(IEnumerable<string>? ports) =>
        _ports is null || (ports ?? []).Any(port => _ports.Contains(port.Contains('/', StringComparison.Ordinal) ? port : port + "/tcp"));

    private static IEnumerable<string> Expand(string name, string value)
    {
        int slash = value.IndexOf('/', StringComparison.Ordinal);
        string protocol = slash < 0 ? "tcp" : value[(slash + 1)..];
        string[] ends = (slash < 0 ? value : value[..slash]).Split('-');
        if (ends.Length > 2
            || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            || last < first)
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"error while looking up for {name} {value}: invalid port range");
        }

        return Enumerable.Range(first, last - first + 1).Select(port => string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}"));
    }
}
