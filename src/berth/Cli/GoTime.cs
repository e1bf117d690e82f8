using System.Globalization;

namespace Berth.Cli;

/// <summary>Times of the API (RFC 3339, up to nine digits of a second) as Go prints them.</summary>
internal static class GoTime
{
    /// <summary>As <c>time.Time.String</c>: <c>2024-05-30 12:07:14.123456789 +0000 UTC</c>; as it is where it is no time.</summary>
    public static string Display(string text)
    {
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset time))
        {
            return text;
        }

        int point = text.IndexOf('.', StringComparison.Ordinal);
        string fraction = point < 0 ? "" : new string([.. text.Skip(point + 1).TakeWhile(char.IsAsciiDigit)]).TrimEnd('0');
        string offset = time.ToString("zzz", CultureInfo.InvariantCulture).Replace(":", "", StringComparison.Ordinal);
        return time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + (fraction.Length > 0 ? "." + fraction : "")
            + $" {offset} {(text.EndsWith('Z') ? "UTC" : offset)}";
    }

    /// <summary>As <c>time.ANSIC</c>: <c>Fri May 30 12:07:14 2025</c>.</summary>
    public static string Ansi(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind, out DateTimeOffset time)
            ? time.ToString("ddd MMM ", CultureInfo.InvariantCulture) + time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2)
                + time.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture)
            : text;
}
