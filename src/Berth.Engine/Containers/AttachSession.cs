using System.IO.Pipelines;
using Berth.Runtime;

namespace Berth.Engine.Containers;

/// <summary>A client's part in a container's first process: in the one that runs, or from the first byte on in the next that will.</summary>
internal sealed class AttachSession : StreamSession
{
    private readonly Container _container;
    private readonly AttachOptions _options;
    private readonly DetachKeys _keys;
    private readonly ContainerEvents _events;
    private readonly ContainerLogs? _replay;
    private readonly TaskCompletionSource<IAttachment?> _attachment = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private IDisposable? _waiting;

    private AttachSession(Container container, AttachOptions options, DetachKeys keys, ContainerEvents events, ContainerLogs? replay)
    {
        _container = container;
        _options = options;
        _keys = keys;
        _events = events;
        _replay = replay;
    }

    public override bool Terminal => _container.Spec.Config.Tty;

    /// <summary>Attaches where there is something to attach to; else waits in line for the next start.</summary>
    public static async Task<AttachSession> OpenAsync(
        Container container, AttachOptions options, DetachKeys keys, ContainerEvents events, ContainerLogs? replay, CancellationToken ct)
    {
        var session = new AttachSession(container, options, keys, events, replay);
        if (!options.Stream)
        {
            session._attachment.SetResult(null);
        }
        else if (container is { State.HasProcess: true, Task: { } task })
        {
            await session.AttachAsync(task, ct).ConfigureAwait(false);
        }
        else
        {
            session._waiting = container.OnPrepared(next => next is null ? session.GiveUp() : session.AttachAsync(next, CancellationToken.None));
        }

        return session;
    }

    public override async Task RunAsync(IDuplexPipe connection, CancellationToken ct)
    {
        if (_replay is not null)
        {
            await _replay.CopyToAsync(connection.Output.AsStream(leaveOpen: true), ct).ConfigureAwait(false);
        }

        if (!_options.Stream)
        {
            return;
        }

        IAttachment? attachment = await _attachment.Task.WaitAsync(ct).ConfigureAwait(false);
        if (attachment is null)
        {
            return;
        }

        _events.Publish(_container, "attach");
        var pump = new StreamPump(attachment, connection)
        {
            Stdin = TakesInput,
            CloseStdin = _container.Spec.Config.StdinOnce && !Terminal,
            Keys = Terminal ? _keys : null,
        };
        if (await pump.RunAsync(ct).ConfigureAwait(false) is PumpEnd.Detached)
        {
            _events.Publish(_container, "detach");
        }
    }

    public override async ValueTask DisposeAsync()
    {
        _waiting?.Dispose();
        _attachment.TrySetResult(null);
        if (await _attachment.Task.ConfigureAwait(false) is { } attachment)
        {
            await attachment.DisposeAsync().ConfigureAwait(false);
        }
    }

    private bool TakesInput => _options.Stdin && _container.Spec.Config.OpenStdin;

    private Task GiveUp()
    {
        _attachment.TrySetResult(null);
        return Task.CompletedTask;
    }

    /// <summary>In a start's way: what fails here is the client's trouble, not the container's.</summary>
    private async Task AttachAsync(IContainerTask task, CancellationToken ct)
    {
        IAttachment attachment;
        try
        {
            attachment = await task.AttachAsync(new AttachRequest
            {
                Stdin = TakesInput,
                Stdout = _options.Stdout,
                Stderr = _options.Stderr,
                CloseStdin = _container.Spec.Config.StdinOnce && !Terminal,
            }, ct).ConfigureAwait(false);
        }
        catch (Exception e) when (e is RuntimeFailureException or IOException)
        {
            // it exited meanwhile: there is nothing more to come
            await GiveUp().ConfigureAwait(false);
            return;
        }

        if (!_attachment.TrySetResult(attachment))
        {
            await attachment.DisposeAsync().ConfigureAwait(false);
        }
    }
}
