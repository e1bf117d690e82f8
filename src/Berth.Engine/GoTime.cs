using System.Globalization;

namespace Berth.Engine;

/// <summary>Times as Go's encoding/json writes them: RFC 3339 in UTC, with as many digits of the second as there are.</summary>
internal static class GoTime
{
    /// <summary>Go's zero time: what was never set.</summary>
    public const string Zero = "0001-01-01T00:00:00Z";

    public static string Format(DateTimeOffset? time) =>
        time is { } known ? known.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture) : Zero;

    /// <summary>A duration as Go prints it: <c>1h0m0s</c>, <c>1.5s</c>, <c>300ms</c>. Source: Go, time/time.go, Duration.String.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
        {
            return "0s";
        }

        if (duration < TimeSpan.FromSeconds(1))
        {
            return duration < TimeSpan.FromMilliseconds(1)
                ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMicroseconds:0.###}µs")
                : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.######}ms");
        }

        long hours = (long)duration.TotalHours;
        string prefix = hours > 0 ? string.Create(CultureInfo.InvariantCulture, $"{hours}h{duration.Minutes}m")
            : duration.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{duration.Minutes}m")
            : "";
        double seconds = duration.Seconds + ((duration.Ticks % TimeSpan.TicksPerSecond) / (double)TimeSpan.TicksPerSecond);
        return string.Create(CultureInfo.InvariantCulture, $"{prefix}{seconds:0.#######}s");
    }
}
