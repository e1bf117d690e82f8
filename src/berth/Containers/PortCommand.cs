using Berth.Api.Containers;

namespace Berth.Cli.Containers;

internal sealed class PortCommand : Command
{
    public override string Synopsis => "CONTAINER [PRIVATE_PORT[/PROTO]]";

    public override ArgumentCount Arguments => new(1, 2);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> ports =
            context.Client.InspectContainer(arguments[0]).NetworkSettings?.Ports ?? new Dictionary<string, IReadOnlyList<PortBinding>?>();
        foreach (string line in arguments.Count == 2 ? LinesOf(ports, arguments[1], arguments[0]) : AllLines(ports))
        {
            context.Out.WriteLine(line);
        }

        return 0;
    }

    private static IEnumerable<string> LinesOf(IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> ports, string asked, string container)
    {
        string[] parts = asked.Split('/');
        string protocol = parts.Length > 1 ? parts[1] : "tcp";
        if (!ushort.TryParse(parts[0], out _))
        {
            throw new CommandException($"Error: invalid port ({parts[0]}): "
                + $"strconv.ParseUint: parsing {GoText.Quote(parts[0])}: {(parts[0].Length > 0 && parts[0].All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax")}");
        }

        return ports.TryGetValue($"{parts[0]}/{protocol}", out IReadOnlyList<PortBinding>? bindings) && bindings is not null
            ? Sorted(bindings.Select(Address))
            : throw new CommandException($"Error: No public port '{asked}' published for {container}");
    }

    private static IEnumerable<string> AllLines(IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?> ports) =>
        Sorted(ports.SelectMany(port => (port.Value ?? []).Select(binding => $"{port.Key} -> {Address(binding)}")));

    private static string Address(PortBinding binding) => PortColumn.Join(binding.HostIp, binding.HostPort);

    // Numbers count as numbers: 80 comes before 443.
    private static IEnumerable<string> Sorted(IEnumerable<string> lines) =>
        lines.Order(NaturalOrder.Comparer);
}
