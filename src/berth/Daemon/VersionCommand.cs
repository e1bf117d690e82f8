using System.Text;
using System.Text.Json;
using Berth.Client;

namespace Berth.Cli.Daemon;

internal sealed class VersionCommand : Command
{
    private const int ColumnWidth = 20;

    private readonly Flag<string> _format;

    public VersionCommand() => _format = Flags.Text("format", 'f', FormatUsage.Single);

    public override string Synopsis => "[OPTIONS]";

    public override ArgumentCount Arguments => ArgumentCount.None;

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        JsonElement? server = null;
        Exception? failure = null;
        string apiVersion = Api.ApiVersion.Current.ToString();
        try
        {
            server = context.Client.VersionRaw();
            apiVersion = context.Client.ApiVersion.ToString();
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException)
        {
            failure = e;
        }

        string name = EndpointChoice.ContextName(context);
        context.Out.Write(_format.Value.Length > 0
            ? ClientInfo.Execute(_format.Value, writer => Write(writer, server, apiVersion, name), "version")
            : Describe(server, apiVersion, name));
        return failure is null ? 0 : throw new CommandException(CliContext.Sentence(failure));
    }

    private static void Write(Utf8JsonWriter writer, JsonElement? server, string apiVersion, string context)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("Client");
        ClientInfo.WriteVersionFields(writer, apiVersion, context);
        writer.WriteEndObject();
        writer.WritePropertyName("Server");
        if (server is { } answer)
        {
            answer.WriteTo(writer);
        }
        else
        {
            writer.WriteNullValue();
        }

        writer.WriteEndObject();
    }

    // docker/cli 28: system/version.go, defaultVersionTemplate
    private static string Describe(JsonElement? server, string apiVersion, string context)
    {
        string current = Api.ApiVersion.Current.ToString();
        var text = new StringBuilder("Client:\n");
        text.Append($" Version:\t{ProductVersion.Number}\n");
        text.Append($" API version:\t{apiVersion}{(apiVersion == current ? "" : $" (downgraded from {current})")}\n");
        text.Append($" Go version:\t{ClientInfo.Runtime}\n");
        text.Append($" Git commit:\t{ProductVersion.Commit}\n");
        text.Append($" OS/Arch:\tlinux/{ClientInfo.Architecture}\n");
        text.Append($" Context:\t{context}\n");
        if (server is { } answer)
        {
            AppendServer(text, answer);
        }

        return Table.Align(text.ToString(), ColumnWidth, padding: 1);
    }

    private static void AppendServer(StringBuilder text, JsonElement server)
    {
        string platform = server.Member("Platform")?.Text("Name") ?? "";
        text.Append($"\nServer:{(platform.Length > 0 ? " " + platform : "")}\n");
        List<JsonElement> components = server.Items("Components").ToList();
        if (components.Count == 0)
        {
            // before API 1.35 the engine was all there was
            AppendEngine(text, "Engine", server.Text("Version"), server);
        }

        foreach (JsonElement component in components)
        {
            if (component.Text("Name") == "Engine")
            {
                AppendEngine(text, "Engine", component.Text("Version"), component.Member("Details") ?? default);
                continue;
            }

            text.Append($" {component.Text("Name")}:\n  Version:\t{component.Text("Version")}\n");
            foreach (JsonProperty detail in component.Properties("Details").OrderBy(detail => detail.Name, StringComparer.Ordinal))
            {
                text.Append($"  {detail.Name}:\t{detail.Value}\n");
            }
        }
    }

    private static void AppendEngine(StringBuilder text, string name, string version, JsonElement details)
    {
        text.Append($" {name}:\n  Version:\t{version}\n");
        text.Append($"  API version:\t{details.Text("ApiVersion")} (minimum version {details.Text("MinAPIVersion")})\n");
        text.Append($"  Go version:\t{details.Text("GoVersion")}\n");
        text.Append($"  Git commit:\t{details.Text("GitCommit")}\n");
        text.Append($"  Built:\t{GoTime.Ansi(details.Text("BuildTime"))}\n");
        text.Append($"  OS/Arch:\t{details.Text("Os")}/{details.Text("Arch")}\n");
        text.Append($"  Experimental:\t{(details.Text("Experimental") is { Length: > 0 } experimental ? experimental : "false")}\n");
    }
}
