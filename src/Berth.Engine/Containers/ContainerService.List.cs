using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Images;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <param name="limit">At most that many, newest first, running or not; 0 or less is no limit.</param>
    public async Task<IReadOnlyList<ContainerSummary>> ListAsync(bool all, int limit, bool size, Filters filters, CancellationToken ct)
    {
        ContainerListFilter filter = await ContainerListFilter.CreateAsync(filters, all || limit > 0, _table, FindImageAsync, ct).ConfigureAwait(false);
        var names = new ImageNames(this);
        var summaries = new List<ContainerSummary>();
        foreach (Container container in _table.All.OrderByDescending(c => c.Spec.Created).ThenBy(c => c.Id, StringComparer.Ordinal))
        {
            ContainerSpec spec = container.Spec;
            ContainerRunState state = container.State;
            if (!filter.Includes(spec, state))
            {
                continue;
            }

            summaries.Add(await SummarizeAsync(spec, state, size, names, ct).ConfigureAwait(false));
            if (summaries.Count == limit)
            {
                break;
            }
        }

        return summaries;
    }

    private async Task<ContainerSummary> SummarizeAsync(ContainerSpec spec, ContainerRunState state, bool size, ImageNames names, CancellationToken ct)
    {
        (long? rw, long? total) = size ? await MeasureAsync(spec, ct).ConfigureAwait(false) : (null, null);
        return new ContainerSummary
        {
            Id = spec.Id,
            Names = ["/" + spec.Name],
            Image = await names.CurrentAsync(spec, ct).ConfigureAwait(false),
            ImageID = spec.ImageId,
            ImageManifestDescriptor = spec.ImageManifest,
            Command = CommandOf(spec),
            Created = spec.Created.ToUnixTimeSeconds(),
            Ports = ContainerNetworkView.Ports(state.Sandbox),
            SizeRw = rw is 0 ? null : rw,
            SizeRootFs = total,
            Labels = spec.Config.Labels ?? new Dictionary<string, string>(),
            State = state.Status.Word(),
            Status = ContainerStatusText.Of(state, _time.GetUtcNow()),
            HostConfig = new ContainerSummaryHostConfig { NetworkMode = spec.HostConfig.NetworkMode, Annotations = spec.HostConfig.Annotations },
            NetworkSettings = new ContainerSummaryNetworkSettings { Networks = ContainerNetworkView.Summary(spec, state, NetworkIdOf) },
            Mounts = ContainerMountView.Of(spec.Mounts),
            Health = new ContainerSummaryHealth { Status = state.Health?.Status ?? "none", FailingStreak = state.Health?.FailingStreak ?? 0 },
        };
    }

    /// <summary>moby 28: container/view.go, transform: arguments with a space stand in quotes.</summary>
    private static string CommandOf(ContainerSpec spec) =>
        string.Join(' ', spec.Arguments.Select(a => a.Contains(' ', StringComparison.Ordinal) ? $"'{a}'" : a).Prepend(spec.Path));

    private async Task<ResolvedImage?> FindImageAsync(string nameOrId, CancellationToken ct)
    {
        try
        {
            return await _images.ResolveAsync(nameOrId, platform: null, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.InvalidParameter)
        {
            return null;
        }
    }

    /// <summary>What containers' images are called by now: the name that was given, unless it means another image today. A lookup a name and list.</summary>
    private sealed class ImageNames(ContainerService service)
    {
        private readonly Dictionary<string, string?> _ids = new(StringComparer.Ordinal);

        public async Task<string> CurrentAsync(ContainerSpec spec, CancellationToken ct)
        {
            string name = spec.Config.Image;
            if (spec.ImageId.Length == 0 || name == spec.ImageId)
            {
                return name;
            }

            if (!_ids.TryGetValue(name, out string? id))
            {
                ResolvedImage? image = await service.FindImageAsync(name, ct).ConfigureAwait(false);
                _ids[name] = id = image?.Id.ToString();
            }

            return id == spec.ImageId ? name : spec.ImageId;
        }
    }
}
