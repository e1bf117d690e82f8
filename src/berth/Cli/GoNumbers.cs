using System.Globalization;

namespace Berth.Cli;

/// <summary>Numbers and truth values as Go's strconv reads them, with its sentences.</summary>
internal static class GoNumbers
{
    public static bool ParseBool(string text) => text switch
    {
        "1" or "t" or "T" or "TRUE" or "true" or "True" => true,
        "0" or "f" or "F" or "FALSE" or "false" or "False" => false,
        _ => throw Invalid("ParseBool", text),
    };

    /// <summary>Decimal, or with the prefix 0x, 0o, 0b or 0.</summary>
    public static long ParseInteger(string text, string function = "ParseInt")
    {
        bool isNegative = text.StartsWith('-');
        string digits = text.StartsWith('-') || text.StartsWith('+') ? text[1..] : text;
        ulong magnitude = ParseMagnitude(digits, text, function);
        ulong limit = isNegative ? 1UL << 63 : long.MaxValue;
        if (magnitude > limit)
        {
            throw OutOfRange(function, text);
        }

        return isNegative ? unchecked(-(long)magnitude) : (long)magnitude;
    }

    public static ulong ParseUnsigned(string text, int bits)
    {
        ulong value = ParseMagnitude(text, text, "ParseUint");
        return bits < 64 && value >> bits != 0 ? throw OutOfRange("ParseUint", text) : value;
    }

    private static ulong ParseMagnitude(string digits, string whole, string function)
    {
        int radix = 10;
        if (digits.Length > 1 && digits[0] == '0')
        {
            (radix, int prefix) = char.ToLowerInvariant(digits[1]) switch
            {
                'x' => (16, 2),
                'o' => (8, 2),
                'b' => (2, 2),
                _ => (8, 1),
            };
            digits = digits[prefix..];
        }

        if (digits.Length == 0)
        {
            throw Invalid(function, whole);
        }

        UInt128 value = 0;
        foreach (char c in digits)
        {
            int digit = char.IsAsciiHexDigit(c) ? int.Parse([c], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) : radix;
            if (digit >= radix)
            {
                throw Invalid(function, whole);
            }

            value = (value * (uint)radix) + (uint)digit;
            if (value > ulong.MaxValue)
            {
                throw OutOfRange(function, whole);
            }
        }

        return (ulong)value;
    }

    private static FormatException Invalid(string function, string text) =>
        new($"strconv.{function}: parsing {GoText.Quote(text)}: invalid syntax");

    private static FormatException OutOfRange(string function, string text) =>
        new($"strconv.{function}: parsing {GoText.Quote(text)}: value out of range");
}
