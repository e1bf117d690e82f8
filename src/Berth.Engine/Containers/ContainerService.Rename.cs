namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public async Task RenameAsync(string nameOrId, string newName, CancellationToken ct)
    {
        if (nameOrId.Length == 0 || newName.Length == 0)
        {
            throw ContainerErrors.RenameNeedsNames();
        }

        Container container = _table.Get(nameOrId);
        using (await container.LockAsync(ct).ConfigureAwait(false))
        {
            string oldName = container.Name;
            string name = Reserve(container, newName);
            try
            {
                ContainerSpec before = container.Spec;
                container.Spec = before with { Name = name };
                try
                {
                    if (container.State.Sandbox is { } sandbox)
                    {
                        container.State = container.State with { Sandbox = _networks.Rename(sandbox, name) };
                    }

                    _store.Save(container);
                }
                catch
                {
                    container.Spec = before;
                    throw;
                }
            }
            catch
            {
                _table.ReleaseName(name, container.Id);
                throw;
            }

            _table.ReleaseName(oldName, container.Id);
            _events.Publish(container, "rename", new KeyValuePair<string, string>("oldName", "/" + oldName));
        }
    }

    private string Reserve(Container container, string newName)
    {
        if (container.State.Status is ContainerStatus.Dead or ContainerStatus.Removing)
        {
            throw ContainerErrors.RenameOfDead();
        }

        string bare = newName.TrimStart('/');
        if (bare == container.Name)
        {
            throw ContainerErrors.RenameToSameName();
        }

        try
        {
            string name = ContainerNames.Validate("/" + bare);
            _table.ReserveName(name, container.Id);
            return name;
        }
        catch (EngineException e)
        {
            throw ContainerErrors.CannotAllocateName(e);
        }
    }
}
