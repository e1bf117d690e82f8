using System.Text.RegularExpressions;
using Berth.Api;
using Berth.Api.Volumes;

namespace Berth.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>Filters: <c>name</c> (part of it, or a regular expression), <c>label</c>, <c>driver</c>, <c>dangling</c>.</summary>
    /// <exception cref="EngineException">InvalidParameter: an unknown filter or value.</exception>
    public VolumeListResponse List(Filters filters)
    {
        foreach (string name in filters.Names)
        {
            if (name is not ("dangling" or "driver" or "label" or "name"))
            {
                throw VolumeErrors.InvalidFilter(name);
            }
        }

        return new VolumeListResponse
        {
            Volumes = [.. Select(filters).OrderBy(volume => volume.Name, StringComparer.Ordinal).Select(Describe)],
        };
    }

    /// <exception cref="EngineException">NotFound.</exception>
    public Api.Volumes.Volume Inspect(string name) => Describe(Find(name));

    private Volume Find(string name) => _volumes.TryGetValue(name, out Volume? volume) ? volume : throw VolumeErrors.NoSuchVolume(name);

    private IEnumerable<Volume> Select(Filters filters)
    {
        bool? dangling = ParseFlag("dangling", filters["dangling"]);
        return _volumes.Values.Where(volume =>
            Matches(filters["name"], volume.Name)
            && (!filters.Contains("driver") || filters["driver"].Contains(LocalDriver))
            && filters["label"].All(label => HasLabel(volume.Document.Labels, label))
            && (dangling is null || UsersOf(volume.Name).Count == 0 == dangling));
    }

    private static bool HasLabel(IReadOnlyDictionary<string, string>? labels, string filter)
    {
        string[] parts = filter.Split('=', 2);
        return labels is not null && labels.TryGetValue(parts[0], out string? value) && (parts.Length == 1 || value == parts[1]);
    }

    private static bool Matches(IReadOnlyList<string> patterns, string name) => patterns.Count == 0 || patterns.Any(pattern =>
    {
        try
        {
            // no backtracking: a filter comes from outside
            return pattern == name || Regex.IsMatch(name, pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    });

    private static bool? ParseFlag(string name, IReadOnlyList<string> values) => values switch
    {
        [] => null,
        ["1"] or ["true"] => true,
        ["0"] or ["false"] => false,
        _ => throw VolumeErrors.InvalidFilterValue(name, values),
    };
}
