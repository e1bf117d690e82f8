using System.Globalization;
using Berth.Api;
using Berth.Engine.Images;

namespace Berth.Engine.Containers;

/// <summary>Which containers a list shows. moby 28: daemon/list.go.</summary>
internal sealed class ContainerListFilter
{
    private static readonly string[] Accepted =
    [
        "ancestor", "before", "exited", "expose", "health", "id", "isolation", "is-task", "label", "label!", "name", "network", "publish",
        "since", "status", "volume",
    ];

    private static readonly string[] Statuses = ["paused", "restarting", "removing", "running", "dead", "created", "exited"];
    private static readonly string[] HealthStatuses = ["starting", "healthy", "unhealthy", "none"];

    private readonly Filters _filters;
    private readonly bool _all;
    private readonly int[] _exitCodes;
    private readonly PortFilter _publish;
    private readonly PortFilter _expose;
    private DateTimeOffset? _before;
    private DateTimeOffset? _since;
    private HashSet<string>? _ancestors;

    private ContainerListFilter(Filters filters, bool all)
    {
        filters.Accept(Accepted);
        CheckValues(filters, "status", Statuses);
        CheckValues(filters, "health", HealthStatuses);
        _filters = filters;
        _exitCodes = [.. filters["exited"].Select(ParseExitCode)];
        _all = all || filters.Contains("status") || filters.Contains("exited") || filters.Contains("before") || filters.Contains("since");
        _publish = PortFilter.Parse("publish", filters);
        _expose = PortFilter.Parse("expose", filters);
    }

    /// <exception cref="EngineException">A filter or its value is unknown, or names a container that is not there.</exception>
    public static async Task<ContainerListFilter> CreateAsync(
        Filters filters, bool all, ContainerTable table, Func<string, CancellationToken, Task<ResolvedImage?>> findImage, CancellationToken ct)
    {
        var filter = new ContainerListFilter(filters, all);
        if (filters["before"] is [.., var before])
        {
            filter._before = table.Get(before).Spec.Created;
        }

        if (filters["since"] is [.., var since])
        {
            filter._since = table.Get(since).Spec.Created;
        }

        if (filters.Contains("ancestor"))
        {
            filter._ancestors = await DescendantsAsync(filters["ancestor"], table, findImage, ct).ConfigureAwait(false);
        }

        return filter;
    }

    public bool Includes(ContainerSpec spec, ContainerRunState state) =>
        (_all || state.CountsAsRunning)
        && (_before is null || spec.Created < _before)
        && (_since is null || spec.Created > _since)
        && (_filters.Matches("name", spec.Name) || _filters.Matches("name", "/" + spec.Name))
        && _filters.Matches("id", spec.Id)
        && _filters.HasPairs("label", spec.Config.Labels)
        && (!_filters.Contains("label!") || !_filters.HasPairs("label!", spec.Config.Labels))
        && _filters.IsExactly("status", state.Status.Word())
        && _filters.IsExactly("health", state.Health?.Status is { Length: > 0 } health ? health : "none")
        && (_exitCodes.Length == 0 || (!state.CountsAsRunning && state.StartedAt is not null && _exitCodes.Contains(state.ExitCode)))
        && (_ancestors is null || _ancestors.Contains(spec.ImageId))
        && MatchesTask()
        && MatchesVolume(spec)
        && MatchesNetwork(spec, state)
        && _publish.Matches(spec.HostConfig.PortBindings?.Keys)
        && _expose.Matches(spec.Config.ExposedPorts?.Keys);

    /// <summary>No container here is a task of a swarm.</summary>
    private bool MatchesTask() => !_filters.Contains("is-task") || _filters["is-task"].Any(v => v is "false" or "0");

    private bool MatchesVolume(ContainerSpec spec) => !_filters.Contains("volume") || _filters["volume"].Any(wanted =>
        spec.Mounts.Any(m => m.Destination == wanted || (m.VolumeName ?? m.Source) == wanted));

    private bool MatchesNetwork(ContainerSpec spec, ContainerRunState state) => !_filters.Contains("network") || _filters["network"].Any(wanted =>
        spec.Networks.ContainsKey(wanted)
        || (state.Sandbox?.Endpoints.Values.Any(e => e.NetworkID.StartsWith(wanted, StringComparison.Ordinal)) ?? false));

    /// <summary>Ids of those images of containers that are one of the ancestors, or made from one: what has its layers as its lowest.</summary>
    private static async Task<HashSet<string>> DescendantsAsync(
        IReadOnlyList<string> ancestors, ContainerTable table, Func<string, CancellationToken, Task<ResolvedImage?>> findImage, CancellationToken ct)
    {
        var descendants = new HashSet<string>(StringComparer.Ordinal);
        string[] used = [.. table.All.Select(c => c.Spec.ImageId).Where(id => id.Length > 0).Distinct(StringComparer.Ordinal)];
        foreach (string name in ancestors)
        {
            if (await findImage(name, ct).ConfigureAwait(false) is not { } ancestor)
            {
                continue;
            }

            descendants.Add(ancestor.Id.ToString());
            foreach (string id in used)
            {
                if (ancestor.TopChainId is { } top && await findImage(id, ct).ConfigureAwait(false) is { } image && image.ChainIds.Contains(top))
                {
                    descendants.Add(id);
                }
            }
        }

        return descendants;
    }

    private static int ParseExitCode(string value) => int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int code)
        ? code
        : throw FilterMatching.Invalid("exited", [value]);

    private static void CheckValues(Filters filters, string name, string[] known)
    {
        foreach (string value in filters[name])
        {
            if (!known.Contains(value))
            {
                throw new EngineException(ErrorKind.InvalidParameter, $"invalid filter '{name}={value}'");
            }
        }
    }
}
