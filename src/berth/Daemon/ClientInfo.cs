using System.Runtime.InteropServices;
using System.Text.Json;

namespace Berth.Cli.Daemon;

/// <summary>What <c>version</c> and <c>info</c> say about this program.</summary>
internal static class ClientInfo
{
    public static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };

    /// <summary>Stands where Docker names its Go.</summary>
    public static string Runtime => RuntimeInformation.FrameworkDescription;

    public static void WriteVersionFields(Utf8JsonWriter writer, string apiVersion, string context)
    {
        writer.WriteString("Version", ProductVersion.Number);
        writer.WriteString("ApiVersion", apiVersion);
        writer.WriteString("DefaultAPIVersion", Api.ApiVersion.Current.ToString());
        writer.WriteString("GitCommit", ProductVersion.Commit);
        writer.WriteString("GoVersion", Runtime);
        writer.WriteString("Os", "linux");
        writer.WriteString("Arch", Architecture);
        writer.WriteString("Context", context);
    }

    public static void WriteInfoFields(Utf8JsonWriter writer, bool debug, string context)
    {
        writer.WriteBoolean("Debug", debug);
        writer.WriteString("Version", ProductVersion.Number);
        writer.WriteString("GitCommit", ProductVersion.Commit);
        writer.WriteString("GoVersion", Runtime);
        writer.WriteString("Os", "linux");
        writer.WriteString("Arch", Architecture);
        writer.WriteString("Context", context);
        writer.WriteStartArray("Plugins");
        writer.WriteEndArray();
        writer.WriteNull("Warnings");
    }

    /// <summary>Executes a <c>--format</c> over JSON that was written for it.</summary>
    /// <exception cref="CommandException">The format is none, or asks for what is not there.</exception>
    public static string Execute(string format, Action<Utf8JsonWriter> write, string templateName)
    {
        FormatTemplate template;
        try
        {
            template = FormatTemplate.Parse(format);
        }
        catch (CommandException e)
        {
            throw new CommandException(e.Message.Replace("template: :", $"template: {templateName}:", StringComparison.Ordinal), 64);
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            write(writer);
        }

        using var document = JsonDocument.Parse(buffer.ToArray());
        try
        {
            return template.Execute(new Templates.JsonValue(document.RootElement)) + "\n";
        }
        catch (Templates.TemplateException e)
        {
            throw new CommandException(e.Message.Replace("template: :", $"template: {templateName}:", StringComparison.Ordinal)
                .Replace("executing \"\"", $"executing \"{templateName}\"", StringComparison.Ordinal));
        }
    }
}
