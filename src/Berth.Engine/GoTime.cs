using System.Globalization;

namespace Berth.Engine;

/// <summary>Times as Go's encoding/json writes them: RFC 3339 in UTC, with as many digits of the second as there are.</summary>
internal static class GoTime
{
    /// <summary>Go's zero time: what was never set.</summary>
    public const string Zero = "0001-01-01T00:00:00Z";

    public static string Format(DateTimeOffset? time) =>
        time is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) : Zero;
}
