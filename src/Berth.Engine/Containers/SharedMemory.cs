namespace Berth.Engine.Containers;

/// <summary>A <c>/dev/shm</c> that lives on the host, so that other containers can have it too: only with <c>IpcMode</c> <c>shareable</c>; else it is a tmpfs of the container's own.</summary>
internal sealed class SharedMemory(EnginePaths paths)
{
    /// <summary>Mounts it before the container starts; nothing to do in the other modes.</summary>
    public void Mount(ContainerSpec spec) => throw new NotImplementedException($"{paths.DataRoot} {spec.Id}");

    /// <summary>What is gone already is no error.</summary>
    public void Unmount(ContainerSpec spec) => throw new NotImplementedException($"{spec.Id}");
}
