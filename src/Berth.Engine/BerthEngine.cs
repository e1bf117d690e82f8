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
}
