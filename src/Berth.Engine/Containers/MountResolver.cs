using Berth.Api.Containers;
using Berth.Engine.Volumes;

namespace Berth.Engine.Containers;

/// <summary>Makes one list of mounts of <c>VolumesFrom</c>, <c>Binds</c>, <c>Mounts</c>, <c>Tmpfs</c> and the image's <c>VOLUME</c>s.</summary>
/// <param name="containerByName">The container that <c>VolumesFrom</c> names; throws NotFound.</param>
internal sealed class MountResolver(VolumeService volumes, Func<string, ContainerSpec> containerByName)
{
    /// <summary>
    /// Declares what volumes are missing, anonymous ones under a name of 64 hex digits. Where creating fails later, the caller hands the result to
    /// <see cref="VolumeService.RemoveAnonymousAsync"/>.
    /// </summary>
    /// <param name="config">The merged config: the image's and the request's.</param>
    /// <exception cref="EngineException">InvalidParameter with Docker's sentence. Anonymous volumes made so far are gone again.</exception>
    public Task<IReadOnlyList<ContainerMount>> ResolveAsync(ContainerConfig config, HostConfig hostConfig, CancellationToken ct) =>
        throw new NotImplementedException($"{volumes} {containerByName} {config.Image} {hostConfig.Memory} {ct}");
}
