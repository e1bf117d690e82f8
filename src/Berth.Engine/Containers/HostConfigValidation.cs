using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>Fills in a create request's defaults and refuses, in Docker's sentences, what cannot be had.</summary>
internal sealed class HostConfigValidation(EngineOptions options, HostFacts host)
{
    /// <param name="config">The merged config: the image's and the request's.</param>
    /// <exception cref="EngineException">InvalidParameter or NotImplemented.</exception>
    public (HostConfig HostConfig, IReadOnlyList<string> Warnings) Normalize(HostConfig hostConfig, ContainerConfig config) =>
        throw new NotImplementedException($"{options.DataRoot} {host.CgroupV2} {hostConfig.Memory} {config.Image}");
}
