using System.Text.Json;

namespace Berth.Api;

/// <summary>The <c>filters</c> of a list request: a name has one or more values.</summary>
/// <remarks>Two forms are read, <c>{"label":{"a=b":true}}</c> and the older <c>{"label":["a=b"]}</c>. moby 28: api/types/filters, FromJSON.</remarks>
public sealed class Filters
{
    private readonly Dictionary<string, List<string>> _values = new(StringComparer.Ordinal);

    public static Filters None { get; } = new();

    public IReadOnlyCollection<string> Names => _values.Keys;

    public bool IsEmpty => _values.Count == 0;

    public IReadOnlyList<string> this[string name] => _values.TryGetValue(name, out List<string>? values) ? values : [];

    public bool Contains(string name) => _values.ContainsKey(name);

    public void Add(string name, string value)
    {
        if (!_values.TryGetValue(name, out List<string>? values))
        {
            _values[name] = values = [];
        }

        if (!values.Contains(value))
        {
            values.Add(value);
        }
    }

    /// <summary>These and one more.</summary>
    public Filters With(string name, string value)
    {
        var more = new Filters();
        foreach ((string existing, List<string> values) in _values)
        {
            more._values[existing] = [.. values];
        }

        more.Add(name, value);
        return more;
    }

    /// <exception cref="FormatException">The text is in neither form.</exception>
    public static Filters Parse(string? json)
    {
        if (string.IsNullOrEmpty(json))
        {
            return None;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException("invalid filter");
            }

            var filters = new Filters();
            foreach (JsonProperty filter in document.RootElement.EnumerateObject())
            {
                foreach (string value in ValuesOf(filter.Value))
                {
                    filters.Add(filter.Name, value);
                }
            }

            return filters;
        }
        catch (JsonException e)
        {
            throw new FormatException("invalid filter", e);
        }
    }

    private static IEnumerable<string> ValuesOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .Where(p => p.Value.ValueKind == JsonValueKind.True).Select(p => p.Name),
        JsonValueKind.Array => element.EnumerateArray()
            .Select(e => e.ValueKind == JsonValueKind.String ? e.GetString()! : throw new FormatException("invalid filter")),
        _ => throw new FormatException("invalid filter"),
    };

    public string ToJson()
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, List<string> values) in _values)
            {
                writer.WriteStartObject(name);
                foreach (string value in values)
                {
                    writer.WriteBoolean(value, true);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
