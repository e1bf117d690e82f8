using Berth.Engine.Containers;

namespace Berth.Engine.Volumes;

/// <summary>Fills a container's empty volumes with what its image has at their destinations.</summary>
internal static class CopyUp
{
    /// <summary>Whether any of <paramref name="mounts"/> is to be filled: the root has to be mounted for it.</summary>
    public static bool IsNeeded(IReadOnlyList<ContainerMount> mounts) => throw new NotImplementedException($"{mounts.Count}");

    /// <summary>Runs while the container is created. The directory's own owner and mode are copied even where it is empty; a volume with content is left alone.</summary>
    /// <param name="rootFsPath">Where the container's root file system is mounted.</param>
    public static void Run(string rootFsPath, IReadOnlyList<ContainerMount> mounts) => throw new NotImplementedException($"{rootFsPath} {mounts.Count}");
}
