using Berth.Runtime;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <param name="force">Kill it first where it runs.</param>
    /// <param name="volumes">Its anonymous volumes too.</param>
    /// <param name="link">Remove a link of <c>--link</c> instead of the container: there is none that could be.</param>
    public async Task RemoveAsync(string nameOrId, bool force, bool volumes, bool link, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        if (link)
        {
            throw ContainerErrors.NoLink();
        }

        if (force && container.State.CountsAsRunning)
        {
            await KillForRemovalAsync(container, ct).ConfigureAwait(false);
        }

        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            if (_table.FindById(container.Id) is null)
            {
                // Removed meanwhile: by another request, or because it was to go with its exit.
                return;
            }

            if (force && container.State.Status == ContainerStatus.Restarting)
            {
                _exits.CancelRestart(container);
            }

            ContainerTransitions.Check(ContainerVerb.Remove, container);
            await _remover.RemoveAsync(container, volumes).ConfigureAwait(false);
            _resources.TryDeleteBundle(container.Id);
        }
    }

    private async Task KillForRemovalAsync(Container container, CancellationToken ct)
    {
        Task<TaskExit>? exit;
        try
        {
            exit = await SignalAsync(container, Signals.Kill, ct).ConfigureAwait(false);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Conflict)
        {
            // It went by itself.
            return;
        }

        if (exit is not null)
        {
            await AwaitDeathAsync(exit).ConfigureAwait(false);
        }
    }
}
