namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Checks and prepares; streaming begins with <see cref="StreamSession.RunAsync"/>.</summary>
    /// <remarks>A container that does not run may be attached to: its client sees the first byte of the next start. moby 28: daemon/attach.go.</remarks>
    public async Task<StreamSession> AttachAsync(string nameOrId, AttachOptions options, CancellationToken ct)
    {
        DetachKeys keys = DetachKeys.Parse(options.DetachKeys);
        Container container = _table.Get(nameOrId);
        switch (container.State.Status)
        {
            case ContainerStatus.Paused:
                throw StreamErrors.AttachToPaused(nameOrId);
            case ContainerStatus.Restarting:
                throw StreamErrors.AttachToRestarting(nameOrId);
        }

        ContainerLogs? replay = options.Logs
            ? OpenLogs(container, new LogsRequest { Stdout = options.Stdout, Stderr = options.Stderr })
            : null;
        return await AttachSession.OpenAsync(container, options, keys, _events, replay, ct).ConfigureAwait(false);
    }
}
