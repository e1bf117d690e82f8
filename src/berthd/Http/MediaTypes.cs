using System.Globalization;

namespace Berth.Daemon.Http;

/// <summary>Chooses a media type that the client accepts. RFC 9110, section 12.5.1.</summary>
internal static class MediaTypes
{
    /// <param name="offers">What can be given, best first.</param>
    /// <param name="otherwise">For a client that accepts none of them, or does not say.</param>
    public static string Negotiate(string accept, IReadOnlyList<string> offers, string otherwise)
    {
        (string Offer, double Quality, int Wildness) best = (otherwise, -1, 3);
        foreach (string offer in offers)
        {
            foreach (string range in accept.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
            {
                (string type, double quality) = Parse(range);
                int wildness = type == offer ? 0 : type == "*/*" ? 2 : type == "application/*" ? 1 : 3;
                if (wildness < 3 && quality > 0 && (quality > best.Quality || (quality >= best.Quality && wildness < best.Wildness)))
                {
                    best = (offer, quality, wildness);
                }
            }
        }

        return best.Offer;
    }

    private static (string Type, double Quality) Parse(string range)
    {
        string[] parts = range.Split(';', StringSplitOptions.TrimEntries);
        string? weight = parts.FirstOrDefault(part => part.StartsWith("q=", StringComparison.OrdinalIgnoreCase));
        bool valid = weight is null | double.TryParse(weight?[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double quality);
        return (parts[0].ToLowerInvariant(), weight is null ? 1 : valid ? quality : 0);
    }
}
