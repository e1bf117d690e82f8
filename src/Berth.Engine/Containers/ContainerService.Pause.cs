using Berth.Runtime;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public async Task PauseAsync(string nameOrId, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            ContainerTransitions.Check(ContainerVerb.Pause, container);
            try
            {
                await RunningTask(container).PauseAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (RuntimeFailureException e)
            {
                throw ContainerErrors.CannotPause(container.Id, e);
            }

            container.State = container.State with { Status = ContainerStatus.Paused };
            _store.TrySave(container);
            _events.Publish(container, "pause");
        }
    }

    public async Task UnpauseAsync(string nameOrId, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            ContainerTransitions.Check(ContainerVerb.Unpause, container);
            try
            {
                await RunningTask(container).ResumeAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (RuntimeFailureException e)
            {
                throw ContainerErrors.CannotUnpause(container.Id, e);
            }

            container.State = container.State with { Status = ContainerStatus.Running };
            _store.TrySave(container);
            _events.Publish(container, "unpause");
        }
    }

    private static IContainerTask RunningTask(Container container) => container.Task ?? throw ContainerErrors.NotRunning(container.Id);
}
