using System.Globalization;

namespace Berth.Engine.Containers;

/// <summary>About how long something took, in words. github.com/docker/go-units, duration.go, HumanDuration.</summary>
internal static class HumanDuration
{
    public static string Of(TimeSpan duration)
    {
        long seconds = (long)duration.TotalSeconds;
        long minutes = (long)duration.TotalMinutes;
        long hours = (long)(duration.TotalHours + 0.5);
        return (seconds, minutes, hours) switch
        {
            ( < 1, _, _) => "Less than a second",
            (1, _, _) => "1 second",
            ( < 60, _, _) => Count(seconds, "seconds"),
            (_, 1, _) => "About a minute",
            (_, < 60, _) => Count(minutes, "minutes"),
            (_, _, 1) => "About an hour",
            (_, _, < 48) => Count(hours, "hours"),
            (_, _, < 24 * 7 * 2) => Count(hours / 24, "days"),
            (_, _, < 24 * 30 * 2) => Count(hours / 24 / 7, "weeks"),
            (_, _, < 24 * 365 * 2) => Count(hours / 24 / 30, "months"),
            _ => Count((long)duration.TotalHours / 24 / 365, "years"),
        };
    }

    private static string Count(long count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count} {unit}");
}
