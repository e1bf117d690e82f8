using System.Globalization;
using Berth.Api;
using Berth.Api.Volumes;
using Berth.Linux.Files;

namespace Berth.Engine.Volumes;

public sealed partial class VolumeService
{
    /// <summary>More than any container's creation takes.</summary>
    private static readonly TimeSpan CreationTime = TimeSpan.FromMinutes(10);

    /// <summary>Removes what no container has: anonymous volumes, and with the filter <c>all</c> named ones, too. moby 28: volume/service/service.go, Prune.</summary>
    /// <param name="filters"><c>label</c>, <c>label!</c> and <c>all</c>.</param>
    /// <exception cref="EngineException">InvalidParameter: an unknown filter or value.</exception>
    public async Task<VolumePruneResponse> PruneAsync(Filters filters, CancellationToken ct)
    {
        filters.Accept("all", "label", "label!");
        bool all = ParseFlag("all", filters["all"]) is true;
        var removed = new List<string>();
        long reclaimed = 0;
        foreach (Volume candidate in _volumes.Values.OrderBy(volume => volume.Name, StringComparer.Ordinal))
        {
            ct.ThrowIfCancellationRequested();
            if (!(all || IsAnonymous(candidate))
                || !filters.HasPairs("label", candidate.Document.Labels)
                || (filters.Contains("label!") && filters.HasPairs("label!", candidate.Document.Labels)))
            {
                continue;
            }

            using KeyedLock.Holder holder = await _locks.AcquireAsync(candidate.Name, ct).ConfigureAwait(false);
            if (_volumes.TryGetValue(candidate.Name, out Volume? volume) && !MayBecomeUsed(volume) && UsersOf(volume.Name).Count == 0)
            {
                reclaimed += VolumeOptions.NeedMount(volume.Document.Options) ? 0 : TreeSize.Of(_paths.VolumeData(volume.Name));
                Delete(volume);
                removed.Add(volume.Name);
            }
        }

        _events.Publish("volume", "prune", "", new Dictionary<string, string> { ["reclaimed"] = reclaimed.ToString(CultureInfo.InvariantCulture) });
        return new VolumePruneResponse { VolumesDeleted = removed, SpaceReclaimed = reclaimed };
    }

    /// <summary>A container that is being created may have declared it and not be in the table yet.</summary>
    private bool MayBecomeUsed(Volume volume) => volume.Document.Pending && _time.GetUtcNow() - volume.Document.CreatedAt < CreationTime;

    private static bool IsAnonymous(Volume volume) => volume.Document.Labels?.ContainsKey(AnonymousLabel) is true;
}
