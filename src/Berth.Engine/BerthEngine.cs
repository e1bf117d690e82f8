using Berth.Engine.Containers;
using Berth.Engine.Daemon;
using Berth.Engine.Events;
using Berth.Engine.Images;
using Berth.Engine.Networks;
using Berth.Engine.Volumes;

namespace Berth.Engine;

/// <summary>The daemon's inside, whole: started once, then asked by noun.</summary>
public sealed class BerthEngine(
    ContainerService containers,
    ImageService images,
    NetworkService networks,
    VolumeService volumes,
    SystemService system,
    EventBus events)
{
    public ContainerService Containers { get; } = containers;
    public ImageService Images { get; } = images;
    public NetworkService Networks { get; } = networks;
    public VolumeService Volumes { get; } = volumes;
    public SystemService System { get; } = system;
    public EventBus Events { get; } = events;

    internal DiskReserve? Reserve { get; init; }

    /// <summary>Takes up what an earlier daemon left: data, networks, and containers that still run. Requests may come afterwards.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        Volumes.Restore();
        await Images.RestoreAsync(ct).ConfigureAwait(false);
        await Networks.RestoreAsync(ct).ConfigureAwait(false);
        await Containers.RestoreAsync(ct).ConfigureAwait(false);
        Volumes.Sweep();
        Reserve?.Take();
    }

    /// <summary>Ends the daemon's own work. Containers run on; the next daemon takes them up.</summary>
    public Task StopAsync() => Containers.DetachAsync();

    /// <summary>Takes what may change while the daemon runs: labels, and whether it debugs.</summary>
    public void Reload(EngineOptions options, bool debug) => System.Reload(options, debug);
}
