using System.Text.Json;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>A container's config and an image's are nearly the same words, in the API's records and in OCI's.</summary>
internal static class RunConfigs
{
    /// <summary>What of a container's config becomes its image's.</summary>
    public static ImageRunConfig ToImage(ContainerConfig config) => new()
    {
        User = NullIfEmpty(config.User),
        ExposedPorts = ToElements(config.ExposedPorts),
        Env = NullIfEmpty(config.Env),
        Entrypoint = NullIfEmpty(config.Entrypoint),
        Cmd = NullIfEmpty(config.Cmd),
        Volumes = ToElements(config.Volumes),
        WorkingDir = NullIfEmpty(config.WorkingDir),
        Labels = config.Labels is { Count: > 0 } ? config.Labels : null,
        StopSignal = NullIfEmpty(config.StopSignal),
        Healthcheck = config.Healthcheck is { } health ? ToImage(health) : null,
        OnBuild = NullIfEmpty(config.OnBuild),
        Shell = NullIfEmpty(config.Shell),
        StopTimeout = (int?)config.StopTimeout,
    };

    public static ContainerConfig ToContainer(ImageRunConfig? config) => config is null ? new ContainerConfig() : new ContainerConfig
    {
        User = config.User ?? "",
        ExposedPorts = ToSet(config.ExposedPorts),
        Env = config.Env,
        Entrypoint = StringOrList.Of(config.Entrypoint),
        Cmd = StringOrList.Of(config.Cmd),
        Volumes = ToSet(config.Volumes),
        WorkingDir = config.WorkingDir ?? "",
        Labels = config.Labels,
        StopSignal = config.StopSignal,
        Healthcheck = ToApi(config.Healthcheck),
        OnBuild = config.OnBuild,
        Shell = StringOrList.Of(config.Shell),
        StopTimeout = config.StopTimeout,
    };

    /// <summary>As inspect shows it: from API 1.52 on, empty fields are left out. moby 29: api/types/image, ImageInspect.Config.</summary>
    public static Api.Images.ImageConfig ToApi(ImageRunConfig? config) => config is null ? new Api.Images.ImageConfig() : new Api.Images.ImageConfig
    {
        User = NullIfEmpty(config.User),
        ExposedPorts = ToSet(config.ExposedPorts),
        Env = NullIfEmpty(config.Env),
        Entrypoint = NullIfEmpty(config.Entrypoint),
        Cmd = NullIfEmpty(config.Cmd),
        Volumes = ToSet(config.Volumes),
        WorkingDir = NullIfEmpty(config.WorkingDir),
        Labels = config.Labels is { Count: > 0 } ? config.Labels : null,
        StopSignal = NullIfEmpty(config.StopSignal),
        Healthcheck = ToApi(config.Healthcheck),
        OnBuild = NullIfEmpty(config.OnBuild),
        Shell = NullIfEmpty(config.Shell),
    };

    private static ImageHealthcheck ToImage(HealthConfig health) => new()
    {
        Test = NullIfEmpty(health.Test),
        Interval = NullIfZero(health.Interval),
        Timeout = NullIfZero(health.Timeout),
        StartPeriod = NullIfZero(health.StartPeriod),
        StartInterval = NullIfZero(health.StartInterval),
        Retries = health.Retries == 0 ? null : (int)health.Retries,
    };

    private static HealthConfig? ToApi(ImageHealthcheck? health) => health is null ? null : new HealthConfig
    {
        Test = health.Test,
        Interval = health.Interval ?? 0,
        Timeout = health.Timeout ?? 0,
        StartPeriod = health.StartPeriod ?? 0,
        StartInterval = health.StartInterval ?? 0,
        Retries = health.Retries ?? 0,
    };

    private static Dictionary<string, EmptyObject>? ToSet(IReadOnlyDictionary<string, JsonElement>? set) =>
        set is { Count: > 0 } ? set.Keys.ToDictionary(k => k, _ => EmptyObject.Value, StringComparer.Ordinal) : null;

    private static SortedDictionary<string, JsonElement>? ToElements(IReadOnlyDictionary<string, EmptyObject>? set)
    {
        if (set is not { Count: > 0 })
        {
            return null;
        }

        using var empty = JsonDocument.Parse("{}");
        JsonElement element = empty.RootElement.Clone();
        return new SortedDictionary<string, JsonElement>(set.Keys.ToDictionary(k => k, _ => element), StringComparer.Ordinal);
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static IReadOnlyList<string>? NullIfEmpty(IReadOnlyList<string>? list) => list is { Count: > 0 } ? list : null;

    private static long? NullIfZero(long value) => value == 0 ? null : value;
}
