using System.Buffers;
using System.Globalization;

namespace Berth.Cli;

/// <summary>Amounts of bytes, read and written as Docker does.</summary>
/// <remarks>Source: github.com/docker/go-units, size.go.</remarks>
internal static class Sizes
{
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789. ");
    private static readonly string[] s_decimal = ["B", "kB", "MB", "GB", "TB", "PB", "EB", "ZB", "YB"];
    private static readonly string[] s_binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB", "ZiB", "YiB"];

    /// <summary>Reads <c>512</c>, <c>64m</c>, <c>1.5GB</c>, <c>2GiB</c>; all prefixes are powers of 1024.</summary>
    /// <exception cref="FormatException">The message is go-units' own.</exception>
    public static long ParseBinary(string text)
    {
        // A number ends at its last digit, point or space; what follows is the unit.
        int end = text.AsSpan().LastIndexOfAny(s_number);
        if (end < 0)
        {
            throw new FormatException($"invalid size: '{text}'");
        }

        string number = text[..(end + 1)];
        string unit = text[(end + 1)..];
        if (number.EndsWith(' '))
        {
            number = number[..^1];
        }

        if (!double.TryParse(number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent,
            CultureInfo.InvariantCulture, out double value))
        {
            throw new FormatException($"strconv.ParseFloat: parsing {GoText.Quote(number)}: invalid syntax");
        }

        if (value < 0)
        {
            throw new FormatException($"invalid size: '{text}'");
        }

        return unit.Length == 0 ? (long)value : (long)(value * Multiplier(unit));
    }

    private static double Multiplier(string unit)
    {
        string lower = unit.ToLowerInvariant();
        int power = "bkmgtp".IndexOf(lower[0], StringComparison.Ordinal);
        bool isKnown = power >= 0 && (lower.Length == 1 || (power > 0 && lower[1..] is "b" or "ib"));
        return isKnown ? Math.Pow(1024, power) : throw new FormatException($"invalid suffix: '{unit}'");
    }

    /// <summary><c>1.24MB</c>: powers of 1000, that many significant digits.</summary>
    public static string Human(double bytes, int precision = 4) => Write(bytes, 1000, s_decimal, precision);

    /// <summary><c>1.95GiB</c>: powers of 1024.</summary>
    public static string HumanBinary(double bytes) => Write(bytes, 1024, s_binary, 4);

    private static string Write(double bytes, double step, string[] units, int precision)
    {
        int i = 0;
        while (bytes >= step && i < units.Length - 1)
        {
            bytes /= step;
            i++;
        }

        return GoFloat.General(bytes, precision) + units[i];
    }
}
