using System.Globalization;

namespace Berth.Engine.Images;

/// <summary>Durations as Go writes them: <c>1h30m</c>, <c>1.5s</c>, <c>300ms</c>. Source: time.ParseDuration.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Nanoseconds)[] Units =
        [("ns", 1), ("us", 1e3), ("µs", 1e3), ("ms", 1e6), ("s", 1e9), ("m", 60e9), ("h", 3600e9)];

    public static bool TryParse(string text, out long nanoseconds)
    {
        nanoseconds = 0;
        string rest = text.TrimStart('+', '-');
        if (rest == "0")
        {
            return true;
        }

        double total = 0;
        for (bool isFirst = true; rest.Length > 0 || isFirst; isFirst = false)
        {
            int digits = rest.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            int unitEnd = digits + rest.Skip(digits).TakeWhile(char.IsLetter).Count();
            string unit = rest[digits..unitEnd];
            (string Unit, double Nanoseconds) known = Units.FirstOrDefault(u => u.Unit == unit);
            if (known.Unit is null || !double.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value))
            {
                return false;
            }

            total += value * known.Nanoseconds;
            rest = rest[unitEnd..];
        }

        nanoseconds = (long)total * (text.StartsWith('-') ? -1 : 1);
        return true;
    }
}
