using Berth.Api;
using Berth.Api.Volumes;

namespace Berth.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>Filters: <c>name</c> (part of it, or a regular expression), <c>label</c>, <c>driver</c>, <c>dangling</c>.</summary>
    /// <exception cref="EngineException">InvalidParameter: an unknown filter or value.</exception>
    public VolumeListResponse List(Filters filters)
    {
        filters.Accept("dangling", "driver", "label", "name");
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
            filters.Matches("name", volume.Name)
            && filters.IsExactly("driver", LocalDriver)
            && filters.HasPairs("label", volume.Document.Labels)
            && (dangling is null || UsersOf(volume.Name).Count == 0 == dangling));
    }

    private static bool? ParseFlag(string name, IReadOnlyList<string> values) => values switch
    {
        [] => null,
        ["1"] or ["true"] => true,
        ["0"] or ["false"] => false,
        _ => throw FilterMatching.Invalid(name, values),
    };
}
