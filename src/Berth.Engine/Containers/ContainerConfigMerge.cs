using System.Text.Json;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Oci;

namespace Berth.Engine.Containers;

/// <summary>What a container runs: the request's wishes on top of the image's. Pure. moby 28: daemon/commit.go, merge; daemon/daemon.go, mergeAndVerifyConfig.</summary>
internal static class ContainerConfigMerge
{
    /// <exception cref="EngineException">Neither names a command.</exception>
    public static ContainerConfig Merge(ContainerConfig request, ImageRunConfig? image)
    {
        ContainerConfig config = Plain(request);
        config = image is null ? config with { Labels = config.Labels ?? new Dictionary<string, string>() } : Inherit(config, image);

        // [""] is how a client says that the image's entrypoint is not wanted.
        config = config with { Entrypoint = config.Entrypoint is [""] ? null : config.Entrypoint };
        return config.Entrypoint is { Count: > 0 } || config.Cmd is { Count: > 0 } ? config : throw ContainerErrors.NoCommand();
    }

    /// <summary>The executable and its arguments: the entrypoint with the command behind it.</summary>
    public static (string Path, IReadOnlyList<string> Arguments) CommandOf(ContainerConfig config)
    {
        string[] words = [.. config.Entrypoint ?? [], .. config.Cmd ?? []];
        return (words[0], words[1..]);
    }

    private static ContainerConfig Inherit(ContainerConfig config, ImageRunConfig image)
    {
        bool hasEntrypoint = config.Entrypoint is { Count: > 0 };
        return config with
        {
            User = config.User.Length > 0 ? config.User : image.User ?? "",
            ExposedPorts = Union(config.ExposedPorts, image.ExposedPorts),
            Env = MergeEnvironment(config.Env, image.Env),
            Labels = MergeLabels(config.Labels, image.Labels),
            Cmd = hasEntrypoint || config.Cmd is { Count: > 0 } ? config.Cmd : StringOrList.Of(image.Cmd),
            Entrypoint = config.Entrypoint ?? StringOrList.Of(image.Entrypoint),
            Healthcheck = MergeHealthcheck(config.Healthcheck, image.Healthcheck),
            WorkingDir = config.WorkingDir.Length > 0 ? config.WorkingDir : image.WorkingDir ?? "",
            Volumes = Union(config.Volumes, image.Volumes),
            StopSignal = string.IsNullOrEmpty(config.StopSignal) ? image.StopSignal : config.StopSignal,
        };
    }

    /// <summary>The request without what stands beside the config in it.</summary>
    private static ContainerConfig Plain(ContainerConfig request) => new()
    {
        Hostname = request.Hostname,
        Domainname = request.Domainname,
        User = request.User,
        AttachStdin = request.AttachStdin,
        AttachStdout = request.AttachStdout,
        AttachStderr = request.AttachStderr,
        ExposedPorts = request.ExposedPorts,
        Tty = request.Tty,
        OpenStdin = request.OpenStdin,
        StdinOnce = request.StdinOnce,
        Env = request.Env,
        Cmd = request.Cmd,
        Healthcheck = request.Healthcheck,
        ArgsEscaped = request.ArgsEscaped,
        Image = request.Image,
        Volumes = request.Volumes,
        WorkingDir = request.WorkingDir,
        Entrypoint = request.Entrypoint,
        NetworkDisabled = request.NetworkDisabled,
        MacAddress = request.MacAddress,
        OnBuild = request.OnBuild,
        Labels = request.Labels,
        StopSignal = request.StopSignal,
        StopTimeout = request.StopTimeout,
        Shell = request.Shell,
    };

    private static IReadOnlyDictionary<string, EmptyObject>? Union(
        IReadOnlyDictionary<string, EmptyObject>? request, IReadOnlyDictionary<string, JsonElement>? image)
    {
        if (image is null or { Count: 0 })
        {
            return request;
        }

        var union = new SortedDictionary<string, EmptyObject>(StringComparer.Ordinal);
        foreach (string key in (request?.Keys ?? []).Concat(image.Keys))
        {
            union[key] = new EmptyObject();
        }

        return union;
    }

    /// <summary>The request's variables first, then the image's that the request does not set.</summary>
    private static IReadOnlyList<string>? MergeEnvironment(IReadOnlyList<string>? request, IReadOnlyList<string>? image)
    {
        if (request is null or { Count: 0 } || image is null)
        {
            return request is { Count: > 0 } ? request : image;
        }

        var set = request.Select(KeyOf).ToHashSet(StringComparer.Ordinal);
        return [.. request, .. image.Where(variable => !set.Contains(KeyOf(variable)))];
    }

    private static string KeyOf(string variable)
    {
        int equals = variable.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? variable : variable[..equals];
    }

    private static Dictionary<string, string> MergeLabels(IReadOnlyDictionary<string, string>? request, IReadOnlyDictionary<string, string>? image)
    {
        var labels = new Dictionary<string, string>(image ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach ((string key, string value) in request ?? new Dictionary<string, string>())
        {
            labels[key] = value;
        }

        return labels;
    }

    private static HealthConfig? MergeHealthcheck(HealthConfig? request, ImageHealthcheck? image)
    {
        if (image is null)
        {
            return request;
        }

        HealthConfig own = request ?? new HealthConfig();
        return new HealthConfig
        {
            Test = own.Test is { Count: > 0 } ? own.Test : image.Test,
            Interval = own.Interval != 0 ? own.Interval : image.Interval ?? 0,
            Timeout = own.Timeout != 0 ? own.Timeout : image.Timeout ?? 0,
            StartPeriod = own.StartPeriod != 0 ? own.StartPeriod : image.StartPeriod ?? 0,
            StartInterval = own.StartInterval != 0 ? own.StartInterval : image.StartInterval ?? 0,
            Retries = own.Retries != 0 ? own.Retries : image.Retries ?? 0,
        };
    }
}
