using System.Globalization;

namespace Berth.Cli;

/// <summary>Floating-point numbers as Go's fmt writes them.</summary>
internal static class GoFloat
{
    /// <summary><c>%.Ng</c>: so many significant digits, no zeros at the end.</summary>
    public static string General(double value, int precision)
    {
        if (value == 0)
        {
            return "0";
        }

        string scientific = value.ToString("E" + (precision - 1).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        int exponent = int.Parse(scientific.AsSpan(scientific.IndexOf('E', StringComparison.Ordinal) + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= precision)
        {
            string mantissa = scientific[..scientific.IndexOf('E', StringComparison.Ordinal)];
            return TrimZeros(mantissa) + Exponent(exponent);
        }

        return TrimZeros(value.ToString("F" + Math.Max(0, precision - 1 - exponent).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture));
    }

    // strconv decides by six digits where it may choose their number itself.
    private const int ShortestPrecision = 6;

    /// <summary><c>%v</c>: the shortest text that reads back as the same number.</summary>
    public static string Shortest(double value)
    {
        if (value == 0 || !double.IsFinite(value))
        {
            return double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : double.IsNaN(value) ? "NaN" : "0";
        }

        string scientific = ShortestScientific(value);
        int e = scientific.IndexOf('E', StringComparison.Ordinal);
        int exponent = int.Parse(scientific.AsSpan(e + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        return exponent is >= -4 and < ShortestPrecision
            ? value.ToString("R", CultureInfo.InvariantCulture)
            : TrimZeros(scientific[..e]) + Exponent(exponent);
    }

    private static string ShortestScientific(double value)
    {
        for (int digits = 0; ; digits++)
        {
            string text = value.ToString("E" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
            if (digits == 16 || double.Parse(text, CultureInfo.InvariantCulture) == value)
            {
                return text;
            }
        }
    }

    private static string Exponent(int exponent) =>
        string.Create(CultureInfo.InvariantCulture, $"e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");

    private static string TrimZeros(string text) =>
        text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
}
