using System.Security.Cryptography;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Runtime;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>How long a resize waits for its exec to start. moby 28: daemon/resize.go.</summary>
    private static readonly TimeSpan ExecStartTimeout = TimeSpan.FromSeconds(10);

    public Task<IdResponse> ExecCreateAsync(string nameOrId, ExecCreateRequest request, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        CheckCanExec(container, nameOrId);
        if (request.Cmd is not { Count: > 0 } command)
        {
            throw StreamErrors.NoExecCommand();
        }

        ParseKeys(request.DetachKeys);
        var exec = new ExecProcess(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)), container, request, _time.GetUtcNow());
        _execs.Add(exec);
        _events.Publish(container, "exec_create: " + string.Join(' ', command), new KeyValuePair<string, string>("execID", exec.Id));
        return Task.FromResult(new IdResponse { Id = exec.Id });
    }

    /// <summary>Starts the process in the background (Detach) or prepares a session that starts it; null when detached.</summary>
    public async Task<StreamSession?> ExecStartAsync(string execId, ExecStartRequest request, CancellationToken ct)
    {
        ExecProcess exec = _execs.Get(execId);
        CheckCanExec(exec.Container, exec.Container.Id);
        exec.Claim();
        (int Rows, int Columns) size = (request.ConsoleSize ?? exec.Request.ConsoleSize) is [var rows, var columns] ? (rows, columns) : (0, 0);
        if (!request.Detach)
        {
            return new ExecSession(exec, _execLauncher, _events, ParseKeys(exec.Request.DetachKeys), size);
        }

        try
        {
            await _execLauncher.StartAsync(exec, attach: false, size, ct).ConfigureAwait(false);
        }
        catch (RuntimeFailureException e)
        {
            throw new EngineException(e.ExitCode is 126 or 127 ? ErrorKind.InvalidParameter : ErrorKind.System, e.Message, e);
        }

        return null;
    }

    public ExecInspect ExecInspect(string execId)
    {
        ExecProcess exec = _execs.Get(execId);
        if (_table.FindById(exec.Container.Id) is null)
        {
            throw StreamErrors.NoSuchExec(execId);
        }

        ExecCreateRequest request = exec.Request;
        return new ExecInspect
        {
            ID = exec.Id,
            Running = exec.IsRunning,
            ExitCode = exec.ExitCode,
            ProcessConfig = new ExecProcessConfig
            {
                Tty = request.Tty,
                Entrypoint = request.Cmd![0],
                Arguments = [.. request.Cmd.Skip(1)],
                Privileged = request.Privileged,
                User = request.User.Length > 0 ? request.User : null,
            },
            OpenStdin = request.AttachStdin,
            OpenStdout = request.AttachStdout,
            OpenStderr = request.AttachStderr,
            ContainerID = exec.Container.Id,
            Pid = exec.Pid,
        };
    }

    /// <exception cref="EngineException">It is not running, or never comes to.</exception>
    public async Task ExecResizeAsync(string execId, int rows, int columns, CancellationToken ct)
    {
        ExecProcess exec = _execs.Get(execId);
        CheckCanExec(exec.Container, exec.Container.Id);
        IExecTask? task;
        try
        {
            task = await exec.Started.WaitAsync(ExecStartTimeout, _time, ct).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw StreamErrors.ExecNotReady();
        }

        if (task is null || exec.ExitCode is not null)
        {
            throw StreamErrors.ExecNotStarted();
        }

        try
        {
            await task.ResizeAsync(rows, columns, ct).ConfigureAwait(false);
        }
        catch (RuntimeFailureException e)
        {
            throw new EngineException(ErrorKind.System, e.Message, e);
        }
    }

    private static void CheckCanExec(Container container, string name)
    {
        switch (container.State.Status)
        {
            case ContainerStatus.Paused:
                throw StreamErrors.ExecInPaused(name);
            case ContainerStatus.Restarting:
                throw ContainerErrors.Restarting(container.Id);
            case ContainerStatus.Running:
                return;
            default:
                throw ContainerErrors.NotRunning(container.Id);
        }
    }

    private static DetachKeys ParseKeys(string keys)
    {
        try
        {
            return DetachKeys.Parse(keys);
        }
        catch (EngineException)
        {
            throw StreamErrors.InvalidEscapeKeys(keys);
        }
    }
}
