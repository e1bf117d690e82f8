using System.Globalization;

namespace Berth.Engine.Images;

/// <summary>Times as Go writes them in JSON: RFC 3339 with as many digits of a second as it takes, and Z.</summary>
internal static class Timestamps
{
    public static string Format(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <returns>Null where the text is no time: images say what they like.</returns>
    public static DateTimeOffset? TryParse(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
}
