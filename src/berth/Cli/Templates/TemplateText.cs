using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Cli.Templates;

/// <summary>Values as text: as Go's <c>%v</c> prints them, and as JSON.</summary>
internal static class TemplateText
{
    private static readonly JsonWriterOptions s_json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Print(object? value) => value switch
    {
        null => "<nil>",
        JsonNull nothing => nothing.Text,
        string text => text,
        bool truth => truth ? "true" : "false",
        long number => number.ToString(CultureInfo.InvariantCulture),
        ulong number => number.ToString(CultureInfo.InvariantCulture),
        double number => GoFloat.Shortest(number),
        JsonValue { IsArray: true } json => $"[{string.Join(' ', json.Items.Select(Print))}]",
        JsonValue { IsMap: true } json => $"map[{string.Join(' ', json.Members.Select(member => $"{member.Key}:{Print(member.Value)}"))}]",
        JsonValue json => $"{{{string.Join(' ', json.Members.Select(member => Print(member.Value)))}}}",
        ITemplateObject fields => $"{{{string.Join(' ', fields.Fields.Select(field => Print(field.Value)))}}}",
        IEnumerable items => $"[{string.Join(' ', items.Cast<object?>().Select(Print))}]",
        _ => value.ToString() ?? "",
    };

    /// <summary>Go's name for the type, as failures show it.</summary>
    public static string TypeName(object? value) => value switch
    {
        null => "<nil>",
        string => "string",
        bool => "bool",
        long => "int",
        ulong => "uint64",
        double => "float64",
        JsonValue { IsArray: true } => "[]interface {}",
        JsonValue => "map[string]interface {}",
        ITemplateObject fields => fields.TypeName,
        _ => "[]string",
    };

    public static string Json(object? value)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, s_json))
        {
            Write(writer, value);
        }

        string json = Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
        // Docker's formatters marshal themselves, and that marshaller escapes what HTML knows; such characters stand only in strings.
        return value is not ITemplateObject ? json : json.Replace("<", "\\u003c", StringComparison.Ordinal)
            .Replace(">", "\\u003e", StringComparison.Ordinal).Replace("&", "\\u0026", StringComparison.Ordinal);
    }

    private static void Write(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case bool truth:
                writer.WriteBooleanValue(truth);
                break;
            case long number:
                writer.WriteNumberValue(number);
                break;
            case ulong number:
                writer.WriteNumberValue(number);
                break;
            case double number:
                writer.WriteNumberValue(number);
                break;
            case JsonNull:
                writer.WriteNullValue();
                break;
            case JsonValue { IsArray: true } json:
                WriteItems(writer, json.Items);
                break;
            case JsonValue json:
                WriteMembers(writer, json.Members);
                break;
            case ITemplateObject fields:
                WriteMembers(writer, fields.Fields);
                break;
            case IEnumerable items:
                WriteItems(writer, items);
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }

    private static void WriteMembers(Utf8JsonWriter writer, IEnumerable<KeyValuePair<string, object?>> members)
    {
        writer.WriteStartObject();
        foreach ((string name, object? member) in members)
        {
            writer.WritePropertyName(name);
            Write(writer, member);
        }

        writer.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter writer, IEnumerable items)
    {
        writer.WriteStartArray();
        foreach (object? item in items)
        {
            Write(writer, item);
        }

        writer.WriteEndArray();
    }
}
