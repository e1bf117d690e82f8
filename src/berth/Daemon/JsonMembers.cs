using System.Globalization;
using System.Text.Json;

namespace Berth.Cli.Daemon;

/// <summary>Members of the daemon's answers that may be missing.</summary>
internal static class JsonMembers
{
    /// <summary>Text or number as text; empty where it is missing.</summary>
    public static string Text(this JsonElement owner, string name) =>
        owner.Member(name) is not { } member ? "" : member.ValueKind switch
        {
            JsonValueKind.String => member.GetString() ?? "",
            JsonValueKind.Null => "",
            JsonValueKind.True => "true",
            JsonValueKind.False => "false",
            _ => member.GetRawText(),
        };

    public static long Number(this JsonElement owner, string name) =>
        owner.Member(name) is { ValueKind: JsonValueKind.Number } member && member.TryGetInt64(out long number) ? number : 0;

    public static bool Truth(this JsonElement owner, string name) => owner.Member(name) is { ValueKind: JsonValueKind.True };

    public static string Digits(this JsonElement owner, string name) => owner.Number(name).ToString(CultureInfo.InvariantCulture);

    public static IEnumerable<JsonElement> Items(this JsonElement owner, string name) =>
        owner.Member(name) is { ValueKind: JsonValueKind.Array } member ? member.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Properties(this JsonElement owner, string name) =>
        owner.Member(name) is { ValueKind: JsonValueKind.Object } member ? member.EnumerateObject() : [];

    public static JsonElement? Member(this JsonElement owner, string name) =>
        owner.ValueKind == JsonValueKind.Object && owner.TryGetProperty(name, out JsonElement member) && member.ValueKind != JsonValueKind.Null ? member : null;
}
