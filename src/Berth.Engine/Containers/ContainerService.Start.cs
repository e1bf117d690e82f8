namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <exception cref="EngineException">NotModified when it runs already.</exception>
    public async Task StartAsync(string nameOrId, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            ContainerTransitions.Check(ContainerVerb.Start, container);

            // From here it starts or is undone, whether the client waits or not.
            await _launcher.LaunchAsync(container, byUser: true).ConfigureAwait(false);
        }
    }
}
