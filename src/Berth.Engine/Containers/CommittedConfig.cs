using Berth.Api.Containers;
using Berth.Engine.Images;

namespace Berth.Engine.Containers;

/// <summary>The config of an image made from a container. moby 28: daemon/commit.go, merge.</summary>
internal static class CommittedConfig
{
    /// <summary>The request's config and changes first; the container's fills in what they leave open.</summary>
    /// <exception cref="EngineException">InvalidParameter: a change that is no such instruction.</exception>
    public static ContainerConfig Of(ContainerCommitRequest request, ContainerConfig container)
    {
        ContainerConfig changed = ImageChanges.Apply(request.Config ?? new ContainerConfig(), request.Changes);
        bool hasCommand = changed.Cmd is { Count: > 0 };
        bool hasEntrypoint = changed.Entrypoint is { Count: > 0 };
        return changed with
        {
            User = changed.User.Length > 0 ? changed.User : container.User,
            ExposedPorts = Union(changed.ExposedPorts, container.ExposedPorts),
            Env = MergeEnvironment(changed.Env, container.Env),
            Labels = Union(changed.Labels, container.Labels),
            // an entrypoint of its own goes with no other's command, and an empty one is a wish, too
            Cmd = hasCommand || hasEntrypoint ? changed.Cmd : container.Cmd,
            Entrypoint = changed.Entrypoint ?? container.Entrypoint,
            Healthcheck = changed.Healthcheck ?? container.Healthcheck,
            WorkingDir = changed.WorkingDir.Length > 0 ? changed.WorkingDir : container.WorkingDir,
            Volumes = Union(changed.Volumes, container.Volumes),
            StopSignal = changed.StopSignal ?? container.StopSignal,
            StopTimeout = changed.StopTimeout ?? container.StopTimeout,
            Shell = changed.Shell ?? container.Shell,
            OnBuild = changed.OnBuild ?? container.OnBuild,
        };
    }

    private static Dictionary<string, TValue>? Union<TValue>(IReadOnlyDictionary<string, TValue>? first, IReadOnlyDictionary<string, TValue>? second)
    {
        if (first is null && second is null)
        {
            return null;
        }

        var union = new Dictionary<string, TValue>(second ?? new Dictionary<string, TValue>(), StringComparer.Ordinal);
        foreach ((string key, TValue value) in first ?? new Dictionary<string, TValue>())
        {
            union[key] = value;
        }

        return union;
    }

    private static IReadOnlyList<string>? MergeEnvironment(IReadOnlyList<string>? first, IReadOnlyList<string>? second)
    {
        if (first is not { Count: > 0 })
        {
            return second;
        }

        var names = first.Select(NameOf).ToHashSet(StringComparer.Ordinal);
        return [.. first, .. (second ?? []).Where(variable => !names.Contains(NameOf(variable)))];
    }

    private static string NameOf(string variable) => variable.Split('=', 2)[0];
}
