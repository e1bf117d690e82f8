using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Api;

/// <summary>A list of words that a client may also give as one string: <c>"sh"</c> is <c>["sh"]</c>.</summary>
/// <remarks>moby 28: api/types/strslice.</remarks>
public sealed class StringOrList : JsonConverter<IReadOnlyList<string>>
{
    public override IReadOnlyList<string>? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
        {
            return [reader.GetString()!]; // a string token is never null
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            throw new JsonException("expected a string or a list of strings");
        }

        var words = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            words.Add(reader.TokenType switch
            {
                JsonTokenType.String => reader.GetString()!,
                JsonTokenType.Null => "",
                _ => throw new JsonException("expected a string or a list of strings"),
            });
        }

        return words;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<string> value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (string word in value)
        {
            writer.WriteStringValue(word);
        }

        writer.WriteEndArray();
    }
}
