using System.Text;
using System.Text.Json;
using Berth.Client;

namespace Berth.Cli.Daemon;

internal sealed class InfoCommand : Command
{
    private readonly Flag<string> _format;

    public InfoCommand() => _format = Flags.Text("format", 'f', FormatUsage.Single);

    public override string Synopsis => "[OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.None;

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        JsonElement? server = null;
        Exception? failure = null;
        try
        {
            server = context.Client.InfoRaw();
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException)
        {
            failure = e;
        }

        if (_format.Value.Length > 0)
        {
            if (failure is not null)
            {
                context.Error.WriteLine(CliContext.Sentence(failure));
            }

            context.Out.Write(ClientInfo.Execute(_format.Value, writer => Write(writer, server, context), ""));
            return 0;
        }

        var text = new StringBuilder("Client:\n");
        text.Append($" Version:    {ProductVersion.Number}\n Context:    {EndpointChoice.ContextName(context)}\n");
        text.Append($" Debug Mode: {(context.Globals.Debug.Value ? "true" : "false")}\n\nServer:\n");
        if (server is { } answer)
        {
            ServerDescription.Append(text, answer);
            text.Append('\n');
            foreach (JsonElement warning in answer.Items("Warnings"))
            {
                context.Error.WriteLine(warning.ToString());
            }
        }

        context.Out.Write(text.ToString());
        return failure is null ? 0 : throw new CommandException(CliContext.Sentence(failure));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement? server, CliContext context)
    {
        writer.WriteStartObject();
        if (server is { } answer)
        {
            foreach (JsonProperty property in answer.EnumerateObject())
            {
                property.WriteTo(writer);
            }
        }

        writer.WriteStartObject("ClientInfo");
        ClientInfo.WriteInfoFields(writer, context.Globals.Debug.Value, EndpointChoice.ContextName(context));
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
