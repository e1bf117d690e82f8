using System.Text;

namespace Berth.Cli;

/// <summary>Values cut to the width of a table.</summary>
/// <remarks>Source: docker/cli 28, cli/command/formatter/displayutils.go.</remarks>
internal static class Shorten
{
    private const int ShortIdLength = 12;

    /// <summary>An id's first twelve digits, without the algorithm.</summary>
    public static string Id(string id)
    {
        int colon = id.IndexOf(':', StringComparison.Ordinal);
        string digits = colon < 0 ? id : id[(colon + 1)..];
        return digits.Length > ShortIdLength ? digits[..ShortIdLength] : digits;
    }

    /// <summary>Cut text ends with an ellipsis.</summary>
    public static string Text(string text, int width)
    {
        var runes = text.EnumerateRunes().ToList();
        if (runes.Count <= width)
        {
            return text;
        }

        var cut = new StringBuilder();
        foreach (Rune rune in runes.Take(width - 1))
        {
            cut.Append(rune.ToString());
        }

        return cut.Append('…').ToString();
    }
}
