using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Api;

/// <summary>A list of words that a client may also give as one string: <c>"sh"</c> is <c>["sh"]</c>.</summary>
/// <remarks>moby 28: api/types/strslice.</remarks>
[JsonConverter(typeof(StringOrListConverter))]
[CollectionBuilder(typeof(StringOrList), nameof(Create))]
public sealed class StringOrList(IReadOnlyList<string> words) : IReadOnlyList<string>
{
    public int Count => words.Count;

    public string this[int index] => words[index];

    [return: NotNullIfNotNull(nameof(words))]
    public static implicit operator StringOrList?(string[]? words) => Of(words);

    [return: NotNullIfNotNull(nameof(words))]
    public static implicit operator StringOrList?(List<string>? words) => Of(words);

    [return: NotNullIfNotNull(nameof(words))]
    public static StringOrList? Of(IReadOnlyList<string>? words) => words is null ? null : words as StringOrList ?? new(words);

    public static StringOrList Create(ReadOnlySpan<string> words) => new(words.ToArray());

    public IEnumerator<string> GetEnumerator() => words.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Public for the generated code of other assemblies.</summary>
public sealed class StringOrListConverter : JsonConverter<StringOrList>
{
    public override StringOrList? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
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

    public override void Write(Utf8JsonWriter writer, StringOrList value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        foreach (string word in value)
        {
            writer.WriteStringValue(word);
        }

        writer.WriteEndArray();
    }
}
