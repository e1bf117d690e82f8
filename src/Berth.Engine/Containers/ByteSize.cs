using System.Globalization;

namespace Berth.Engine.Containers;

/// <summary>Sizes as people write them: <c>10m</c>, <c>1.5GB</c>, <c>4096</c>; powers of 1024. docker/go-units: size.go, RAMInBytes.</summary>
internal static class ByteSize
{
    private const string Units = "bkmgtp";

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        int digits = text.AsSpan().LastIndexOfAnyInRange('0', '9') + 1;
        string unit = text[digits..].TrimStart(' ').ToLowerInvariant();
        if (digits == 0 || !decimal.TryParse(text.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
        {
            return false;
        }

        // k, kb and kib are the same; b stands alone
        if (unit.Length > 3 || (unit.Length > 1 && unit[1..] is not ("b" or "ib")) || (unit.Length > 1 && unit[0] == 'b'))
        {
            return false;
        }

        int power = unit.Length == 0 ? 0 : Units.IndexOf(unit[0], StringComparison.Ordinal);
        if (power < 0)
        {
            return false;
        }

        for (; power > 0 && number < long.MaxValue; power--)
        {
            number *= 1024;
        }

        if (number > long.MaxValue)
        {
            return false;
        }

        bytes = (long)number;
        return true;
    }
}
