using Berth.Api.Containers;

namespace Berth.Engine.Images;

/// <summary><c>--change</c> of commit and import: Dockerfile instructions applied to a config.</summary>
internal static class ImageChanges
{
    /// <exception cref="EngineException">InvalidParameter, with dockerd's sentence, for what is no such instruction.</exception>
    public static ContainerConfig Apply(ContainerConfig config, IReadOnlyList<string> changes) =>
        changes.Count == 0 ? config : throw new NotImplementedException();
}
