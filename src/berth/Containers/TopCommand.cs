using System.Text;
using Berth.Api.Containers;

namespace Berth.Cli.Containers;

internal sealed class TopCommand : Command
{
    private const int ColumnWidth = 20;

    public TopCommand() => Flags.Interspersed = false;

    public override string Synopsis => "CONTAINER [ps OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        ContainerTop top = context.Client.TopContainer(arguments[0], arguments.Count > 1 ? string.Join(' ', arguments.Skip(1)) : null);
        var table = new StringBuilder(string.Join('\t', top.Titles ?? [])).Append('\n');
        foreach (IReadOnlyList<string> process in top.Processes ?? [])
        {
            table.AppendJoin('\t', process).Append('\n');
        }

        context.Out.Write(Table.Align(table.ToString(), ColumnWidth));
        return 0;
    }
}
