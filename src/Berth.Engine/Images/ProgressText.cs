using System.Globalization;
using System.Text;

namespace Berth.Engine.Images;

/// <summary>A transfer's progress as text, for clients that draw no bar of their own. moby 28: pkg/jsonmessage, JSONProgress.String.</summary>
internal static class ProgressText
{
    private const int Width = 50;

    private static readonly string[] Units = ["B", "kB", "MB", "GB", "TB", "PB"];

    public static string Of(long current, long total)
    {
        if (current <= 0 && total <= 0)
        {
            return "";
        }

        if (total <= 0)
        {
            return HumanSize(current).PadLeft(8);
        }

        int filled = (int)Math.Min(Width, (long)(current / (double)total * 100) / 2);
        var text = new StringBuilder("[").Append('=', filled).Append('>').Append(' ', Width - filled).Append("] ");
        text.Append(HumanSize(current).PadLeft(8));
        return (current > total ? text : text.Append('/').Append(HumanSize(total))).ToString();
    }

    /// <summary>Four significant digits and a decimal unit, such as <c>25.67MB</c>. Source: docker/go-units, HumanSize.</summary>
    public static string HumanSize(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        int decimals = value >= 100 ? 1 : value >= 10 ? 2 : 3;
        string number = Math.Round(value, decimals, MidpointRounding.ToEven).ToString("0.###", CultureInfo.InvariantCulture);
        return number + Units[unit];
    }
}
