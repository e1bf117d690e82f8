using System.Text.Json;
using Berth.Client;

namespace Berth.Cli.Daemon;

/// <summary>Finds an object of any kind: containers first, then images, networks and volumes.</summary>
internal sealed class InspectCommand : Command
{
    // Docker's kinds; those of Swarm and plugins have no objects here.
    private static readonly string[] s_types =
        ["config", "container", "image", "network", "node", "plugin", "secret", "service", "task", "volume"];

    private readonly Flag<string> _format;
    private readonly Flag<bool> _size;
    private readonly Flag<string> _type;

    public InspectCommand()
    {
        _format = Flags.Text("format", 'f', FormatUsage.Single);
        _size = Flags.Switch("size", 's', "Display total file sizes if the type is container");
        _type = Flags.Text("type", null, "Only inspect objects of the given type");
    }

    public override string Synopsis => "[OPTIONS] NAME|ID [NAME|ID...]";

    public override ArgumentCount Arguments => ArgumentCount.AtLeast(1);

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        if (_type.IsChanged && !s_types.Contains(_type.Value))
        {
            throw new CommandException(_type.Value.Length == 0
                ? "type is empty: must be one of \"config\", \"container\", \"image\", \"network\", \"node\", \"plugin\", \"secret\", \"service\", \"task\", \"volume\""
                : $"unknown type: {GoText.Quote(_type.Value)}: must be one of {string.Join(", ", s_types.Select(GoText.Quote))}");
        }

        return ObjectInspection.Show(context, arguments, _format.Value, name => Find(context.Client, name));
    }

    private JsonElement Find(BerthClient client, string name) => _type.Value switch
    {
        "container" => client.InspectContainerRaw(name, _size.Value),
        "image" => client.InspectImageRaw(name),
        "network" => client.InspectNetworkRaw(name),
        "volume" => client.InspectVolumeRaw(name),
        "" => FindAny(client, name),
        _ => throw new CommandException($"Error: No such {_type.Value}: {name}"),
    };

    private JsonElement FindAny(BerthClient client, string name)
    {
        Func<JsonElement>[] kinds =
        [
            () => client.InspectContainerRaw(name, _size.Value),
            () => client.InspectImageRaw(name),
            () => client.InspectNetworkRaw(name),
            () => client.InspectVolumeRaw(name),
        ];
        foreach (Func<JsonElement> kind in kinds)
        {
            try
            {
                return kind();
            }
            catch (ApiException e) when (e.IsNotFound || IsNoName(e))
            {
                // perhaps one of the next kind
            }
        }

        throw new CommandException($"Error: No such object: {name}");
    }

    // What cannot name an image may still name another object.
    private static bool IsNoName(ApiException e) => e.Message.Contains("invalid reference format", StringComparison.Ordinal);
}
