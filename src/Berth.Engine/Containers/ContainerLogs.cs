namespace Berth.Engine.Containers;

/// <summary>A container's log, opened: multiplexed unless the container has a terminal.</summary>
public abstract class ContainerLogs
{
    public abstract bool Terminal { get; }

    public abstract Task CopyToAsync(Stream destination, CancellationToken ct);
}
