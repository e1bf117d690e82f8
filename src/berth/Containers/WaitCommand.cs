using System.Globalization;
using Berth.Api.Containers;
using Berth.Client;

namespace Berth.Cli.Containers;

internal sealed class WaitCommand : Command
{
    public override string Synopsis => "CONTAINER [CONTAINER...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        var failures = new List<string>();
        foreach (string name in arguments)
        {
            try
            {
                ContainerWait result = context.Client.WaitContainer(name);
                context.Out.WriteLine(result.StatusCode.ToString(CultureInfo.InvariantCulture));
                context.Out.Flush();
            }
            catch (Exception e) when (e is ApiException or DaemonUnreachableException)
            {
                failures.Add(CliContext.Sentence(e));
            }
        }

        return failures.Count == 0 ? 0 : throw new CommandException(string.Join('\n', failures));
    }
}
