namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <param name="timeout">Time before SIGKILL; null takes the container's own, infinite never kills.</param>
    public Task StopAsync(string nameOrId, string? signal, TimeSpan? timeout, CancellationToken ct) => throw new NotImplementedException();
}
