using System.Text.RegularExpressions;
using Berth.Api;

namespace Berth.Engine;

/// <summary>How a filter's values are held against a thing. A filter that was not given lets everything pass. moby 28: api/types/filters/parse.go.</summary>
internal static class FilterMatching
{
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(1);

    /// <summary>Whether <paramref name="value"/> is one of the filter's values.</summary>
    public static bool IsExactly(this Filters filters, string name, string value) =>
        !filters.Contains(name) || filters[name].Count == 0 || filters[name].Contains(value);

    /// <summary>Whether <paramref name="value"/> starts with one of the filter's values.</summary>
    public static bool StartsWithAny(this Filters filters, string name, string value) =>
        !filters.Contains(name) || filters[name].Count == 0 || filters[name].Any(v => value.StartsWith(v, StringComparison.Ordinal));

    /// <summary>Whether <paramref name="value"/> contains a match of one of the filter's values, read as a regular expression.</summary>
    public static bool Matches(this Filters filters, string name, string value) =>
        !filters.Contains(name) || filters[name].Count == 0 || filters[name].Any(pattern => IsMatch(pattern, value));

    /// <summary>Whether all of the filter's <c>key</c> and <c>key=value</c> are among <paramref name="pairs"/>.</summary>
    public static bool HasPairs(this Filters filters, string name, IReadOnlyDictionary<string, string>? pairs) =>
        !filters.Contains(name) || filters[name].Count == 0 || (pairs is not null && filters[name].All(wanted => HasPair(pairs, wanted)));

    /// <exception cref="EngineException">A filter has a name that is not among <paramref name="accepted"/>.</exception>
    public static void Accept(this Filters filters, params ReadOnlySpan<string> accepted)
    {
        foreach (string name in filters.Names)
        {
            if (!accepted.Contains(name))
            {
                throw new EngineException(ErrorKind.InvalidParameter, $"invalid filter '{name}'");
            }
        }
    }

    public static EngineException Invalid(string name, IEnumerable<string> values) =>
        new(ErrorKind.InvalidParameter, $"invalid filter '{name}=[{string.Join(' ', values)}]'");

    private static bool HasPair(IReadOnlyDictionary<string, string> pairs, string wanted)
    {
        int equals = wanted.IndexOf('=', StringComparison.Ordinal);
        return equals < 0
            ? pairs.ContainsKey(wanted)
            : pairs.TryGetValue(wanted[..equals], out string? value) && value == wanted[(equals + 1)..];
    }

    private static bool IsMatch(string pattern, string value)
    {
        try
        {
            return Regex.IsMatch(value, pattern, RegexOptions.CultureInvariant, MatchTimeout);
        }
        catch (Exception e) when (e is ArgumentException or RegexMatchTimeoutException)
        {
            // An invalid expression matches what is equal to it, as in moby.
            return pattern == value;
        }
    }
}
