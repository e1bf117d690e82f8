namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Stops it where it runs, and starts it. A container that is removed when it exits survives this.</summary>
    public async Task RestartAsync(string nameOrId, string? signal, TimeSpan? timeout, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        try
        {
            await MarkAsync(container, isBeingRestarted: true, ct).ConfigureAwait(false);
            try
            {
                if (container.State.CountsAsRunning)
                {
                    await StopAsync(container, signal, timeout, ct).ConfigureAwait(false);
                }

                using (await container.LockAsync(CancellationToken.None).ConfigureAwait(false))
                {
                    if (!container.State.CountsAsRunning)
                    {
                        ContainerTransitions.Check(ContainerVerb.Start, container);
                        await _launcher.LaunchAsync(container, byUser: true).ConfigureAwait(false);
                    }
                }
            }
            finally
            {
                await MarkAsync(container, isBeingRestarted: false, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (EngineException e)
        {
            throw ContainerErrors.CannotRestart(nameOrId, e);
        }

        _events.Publish(container, "restart");
    }

    private static async Task MarkAsync(Container container, bool isBeingRestarted, CancellationToken ct)
    {
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            container.IsBeingRestarted = isBeingRestarted;
        }
    }
}
