using System.Globalization;
using Berth.Api.Containers;

namespace Berth.Cli.Containers;

/// <summary>Ports as <c>ps</c> shows them: ports that follow each other as a range.</summary>
/// <remarks>Source: docker/cli 28, cli/command/formatter/container.go, DisplayablePorts.</remarks>
internal static class PortColumn
{
    public static string Display(IEnumerable<PortSummary> ports)
    {
        var finished = new List<string>();
        var remapped = new List<string>();
        var open = new List<(string Address, string Type, int First, int Last)>();
        foreach (PortSummary port in ports.OrderBy(port => port.PrivatePort).ThenBy(port => port.IP ?? "", StringComparer.Ordinal)
            .ThenBy(port => port.PublicPort).ThenBy(port => port.Type, StringComparer.Ordinal))
        {
            string address = port.IP ?? "";
            if (address.Length > 0 && port.PublicPort != port.PrivatePort)
            {
                remapped.Add(string.Create(CultureInfo.InvariantCulture, $"{Join(address, $"{port.PublicPort}")}->{port.PrivatePort}/{port.Type}"));
                continue;
            }

            int i = open.FindIndex(range => range.Address == address && range.Type == port.Type);
            if (i < 0)
            {
                open.Add((address, port.Type, port.PrivatePort, port.PrivatePort));
                continue;
            }

            if (port.PrivatePort != open[i].Last + 1)
            {
                finished.Add(Range(open[i]));
                open[i] = open[i] with { First = port.PrivatePort };
            }

            open[i] = open[i] with { Last = port.PrivatePort };
        }

        return string.Join(", ", [.. finished, .. open.Select(Range), .. remapped]);
    }

    private static string Range((string Address, string Type, int First, int Last) range)
    {
        string ports = range.First == range.Last
            ? range.First.ToString(CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{range.First}-{range.Last}");
        return range.Address.Length == 0 ? $"{ports}/{range.Type}" : $"{Join(range.Address, ports)}->{ports}/{range.Type}";
    }

    /// <summary>An IPv6 address stands in brackets.</summary>
    public static string Join(string address, string port) => address.Contains(':', StringComparison.Ordinal) ? $"[{address}]:{port}" : $"{address}:{port}";
}
