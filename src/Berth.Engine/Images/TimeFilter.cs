using System.Globalization;

namespace Berth.Engine.Images;

/// <summary>Moments as filters name them: seconds since 1970, RFC 3339 in full or in part, or a duration before now. moby 28: api/types/time/timestamp.go.</summary>
internal static class TimeFilter
{
    public static DateTimeOffset? TryParse(string text, DateTimeOffset now)
    {
        if (GoDuration.TryParse(text, out long nanoseconds) && text.Any(char.IsAsciiLetter))
        {
            return now - TimeSpan.FromTicks(nanoseconds / 100);
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds) && seconds < 253402300800m)
        {
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time) ? time : null;
    }
}
