using System.Buffers;
using System.Globalization;

namespace Berth.Cli;

/// <summary>Spans of time, read as Go reads them and told as Docker tells them.</summary>
internal static class Durations
{
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    /// <summary>Reads <c>1h30m</c>, <c>1.5s</c>, <c>100ms</c>, <c>0</c>.</summary>
    /// <exception cref="FormatException">The message is Go's own (time.ParseDuration).</exception>
    public static TimeSpan Parse(string text) => TimeSpan.FromTicks(ParseNanoseconds(text) / 100);

    public static long ParseNanoseconds(string text)
    {
        string rest = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        if (rest == "0")
        {
            return 0;
        }

        if (rest.Length == 0)
        {
            throw new FormatException($"time: invalid duration {GoText.Quote(text)}");
        }

        decimal total = 0;
        while (rest.Length > 0)
        {
            int digits = rest.AsSpan().IndexOfAnyExcept(s_number);
            string number = digits < 0 ? rest : rest[..digits];
            if (number.Length == 0 || number == "." || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
            {
                throw new FormatException($"time: invalid duration {GoText.Quote(text)}");
            }

            rest = digits < 0 ? "" : rest[digits..];
            int next = rest.AsSpan().IndexOfAny(s_number);
            string unit = next < 0 ? rest : rest[..next];
            if (unit.Length == 0)
            {
                throw new FormatException($"time: missing unit in duration {GoText.Quote(text)}");
            }

            total += value * (NanosecondsPer(unit)
                ?? throw new FormatException($"time: unknown unit {GoText.Quote(unit)} in duration {GoText.Quote(text)}"));
            rest = next < 0 ? "" : rest[next..];
        }

        if (total > long.MaxValue)
        {
            throw new FormatException($"time: invalid duration {GoText.Quote(text)}");
        }

        return text.StartsWith('-') ? -(long)total : (long)total;
    }

    private static decimal? NanosecondsPer(string unit) => unit switch
    {
        "ns" => 1,
        "us" or "µs" or "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => null,
    };

    /// <summary>As in <c>3 minutes</c>. Source: github.com/docker/go-units, duration.go.</summary>
    public static string Human(TimeSpan span)
    {
        long seconds = (long)span.TotalSeconds;
        long minutes = (long)span.TotalMinutes;
        long hours = (long)Math.Floor(span.TotalHours + 0.5);
        return 0 switch
        {
            _ when seconds < 1 => "Less than a second",
            _ when seconds == 1 => "1 second",
            _ when seconds < 60 => Invariant($"{seconds} seconds"),
            _ when minutes == 1 => "About a minute",
            _ when minutes < 60 => Invariant($"{minutes} minutes"),
            _ when hours == 1 => "About an hour",
            _ when hours < 48 => Invariant($"{hours} hours"),
            _ when hours < 24 * 7 * 2 => Invariant($"{hours / 24} days"),
            _ when hours < 24 * 30 * 2 => Invariant($"{hours / 24 / 7} weeks"),
            _ when hours < 24 * 365 * 2 => Invariant($"{hours / 24 / 30} months"),
            _ => Invariant($"{(long)span.TotalHours / 24 / 365} years"),
        };
    }

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);
}
