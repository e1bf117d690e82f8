using System.Globalization;

namespace Berth.Cli;

/// <summary>Points in time as users write them: <c>42m</c> ago, a date with or without time and zone, seconds since 1970.</summary>
/// <remarks>Source: moby 28, api/types/time/timestamp.go, GetTimestamp.</remarks>
internal static class Timestamps
{
    private static readonly string[] s_local = ["yyyy-MM-dd", "yyyy-MM-ddTHH", "yyyy-MM-ddTHH:mm", "yyyy-MM-ddTHH:mm:ss", "yyyy-MM-ddTHH:mm:ss.FFFFFFF"];

    private static readonly string[] s_zoned =
    [
        "yyyy-MM-ddK", "yyyy-MM-ddTHHK", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK",
    ];

    /// <returns>Seconds since 1970, with a fraction of nine digits where a date was given.</returns>
    /// <exception cref="CommandException">It is no such thing.</exception>
    public static string? Parse(string text, TimeProvider clock)
    {
        if (text.Length == 0)
        {
            return null;
        }

        if (text != "0" && TryDuration(text, out long nanoseconds))
        {
            DateTimeOffset then = clock.GetUtcNow().AddTicks(-nanoseconds / 100);
            return then.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        }

        bool isLocal = text.AsSpan().IndexOfAny("zZ+") < 0 && text.Count(c => c == '-') != 3;
        string cut = CutNanoseconds(text, out string fraction);
        if (DateTimeOffset.TryParseExact(cut, isLocal ? s_local : s_zoned, CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeLocal, out DateTimeOffset time))
        {
            return string.Create(CultureInfo.InvariantCulture, $"{time.ToUnixTimeSeconds()}.{fraction.PadRight(9, '0')}");
        }

        if (text.Contains('-', StringComparison.Ordinal))
        {
            throw new CommandException($"parsing time {GoText.Quote(text)}: cannot parse {GoText.Quote(text)} as a time");
        }

        return text.Split('.') is { Length: <= 2 } parts && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit))
            ? text
            : throw new CommandException($"failed to parse value as time or duration: {GoText.Quote(text)}");
    }

    private static bool TryDuration(string text, out long nanoseconds)
    {
        try
        {
            nanoseconds = Durations.ParseNanoseconds(text);
            return true;
        }
        catch (FormatException)
        {
            nanoseconds = 0;
            return false;
        }
    }

    // .NET keeps seven digits of a second, the API nine.
    private static string CutNanoseconds(string text, out string fraction)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int end = point < 0 ? -1 : point + 1;
        while (end >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        fraction = point < 0 ? "" : text[(point + 1)..end];
        return point < 0 ? text : text[..point] + text[end..];
    }

    /// <summary>As Go's <c>time.Time.String</c>, in the local zone.</summary>
    public static string Display(long unixSeconds)
    {
        DateTimeOffset time = TimeZoneInfo.ConvertTime(DateTimeOffset.FromUnixTimeSeconds(unixSeconds), TimeZoneInfo.Local);
        string zone = time.Offset == TimeSpan.Zero ? "UTC" : ZoneName(time);
        return time.ToString("yyyy-MM-dd HH:mm:ss ", CultureInfo.InvariantCulture)
            + time.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal) + " " + zone;
    }

    private static string ZoneName(DateTimeOffset time)
    {
        TimeZoneInfo zone = TimeZoneInfo.Local;
        string name = zone.IsDaylightSavingTime(time) ? zone.DaylightName : zone.StandardName;
        return name.Contains(' ', StringComparison.Ordinal) || name.Length == 0
            ? time.ToString("zz", CultureInfo.InvariantCulture)
            : name;
    }

    /// <summary>As <c>5 minutes ago</c>.</summary>
    public static string Ago(long unixSeconds, TimeProvider clock) =>
        Durations.Human(clock.GetUtcNow() - DateTimeOffset.FromUnixTimeSeconds(unixSeconds)) + " ago";
}
