using Berth.Api;
using Berth.Api.Volumes;
using Berth.Engine.Containers;
using Berth.Engine.Events;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Volumes;

/// <summary>Named and anonymous volumes of the local driver.</summary>
public sealed partial class VolumeService
{
    private readonly EnginePaths _paths;
    private readonly StateStore _store;
    private readonly EventBus _events;
    private readonly TimeProvider _time;
    private readonly ILogger<VolumeService> _logger;

    internal VolumeService(EnginePaths paths, StateStore store, EventBus events, TimeProvider time, ILogger<VolumeService> logger)
    {
        _paths = paths;
        _store = store;
        _events = events;
        _time = time;
        _logger = logger;
    }

    /// <summary>Ids of the containers, running or not, that have the volume of this name. Set once, when the container table is made.</summary>
    internal Func<string, IReadOnlyList<string>> UsersOf { get; set; } = _ => [];

    internal void Restore() => throw new NotImplementedException($"{_paths} {_store} {_events} {_time} {_logger}");

    public VolumeListResponse List(Filters filters) => throw new NotImplementedException();

    public Volume Inspect(string name) => throw new NotImplementedException();

    public Task<Volume> CreateAsync(VolumeCreateRequest request, CancellationToken ct) => throw new NotImplementedException();

    public Task RemoveAsync(string name, bool force, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Removes the anonymous ones among <paramref name="mounts"/>; those that another container has are left to it.</summary>
    internal Task RemoveAnonymousAsync(IReadOnlyList<ContainerMount> mounts, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>A container starts: mounts those volumes that are file systems of their own, and says so in events. Undone on failure.</summary>
    internal Task MountAsync(string containerId, IReadOnlyList<ContainerMount> mounts, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>The container stopped. What is not mounted is no error.</summary>
    internal Task UnmountAsync(string containerId, IReadOnlyList<ContainerMount> mounts) => throw new NotImplementedException();

    /// <summary>After a daemon restart, a container that still runs has its volumes mounted.</summary>
    internal void Adopt(string containerId, IReadOnlyList<ContainerMount> mounts) => throw new NotImplementedException();
}
