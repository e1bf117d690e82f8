using System.Globalization;
using Berth.Api.Containers;
using Berth.Runtime;

namespace Berth.Engine.Containers;

/// <summary>Starts execs and records their end: for a user's exec and for whoever else needs a process in a container.</summary>
internal sealed class ExecLauncher(EnginePaths paths, RuntimeSpecBuilder specs, ContainerEvents events, TimeProvider time)
{
    /// <summary>Prepares the process and what attaches to it, then starts it. Its end is recorded whether anybody waits or not.</summary>
    /// <param name="attach">Whether somebody takes part in its streams; else they lead nowhere.</param>
    /// <param name="consoleSize">Rows and columns; zeros leave the kernel's default.</param>
    /// <returns>The attachment; null where no stream was asked for.</returns>
    /// <exception cref="RuntimeFailureException">The command cannot be run. The exec has ended with its code.</exception>
    public async Task<IAttachment?> StartAsync(ExecProcess exec, bool attach, (int Rows, int Columns) consoleSize, CancellationToken ct)
    {
        ExecCreateRequest request = exec.Request;
        IExecTask? task = null;
        IAttachment? attachment = null;
        try
        {
            IContainerTask container = exec.Container.Task ?? throw ContainerErrors.NotRunning(exec.Container.Id);
            byte[] process = specs.BuildExec(exec.Container.Spec, new Bundle(paths.Bundle(exec.Container.Id)).RootFsPath, request);
            task = await container.PrepareExecAsync(new ExecRequest
            {
                ExecId = exec.Id,
                ProcessJson = process,
                Terminal = request.Tty,
                OpenStdin = attach && request.AttachStdin,
                ConsoleSize = consoleSize,
            }, ct).ConfigureAwait(false);
            if (attach && (request.AttachStdin || request.AttachStdout || request.AttachStderr))
            {
                attachment = await task.AttachAsync(new AttachRequest
                {
                    Stdin = request.AttachStdin,
                    Stdout = request.AttachStdout,
                    Stderr = request.AttachStderr,
                    CloseStdin = true,
                }, ct).ConfigureAwait(false);
            }

            events.Publish(exec.Container, "exec_start: " + string.Join(' ', request.Cmd ?? []), ExecId(exec));
            await task.StartAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            exec.SetEnded(e is RuntimeFailureException failure ? failure.ExitCode : 126, time.GetUtcNow());
            await DisposeAsync(attachment).ConfigureAwait(false);
            await DisposeAsync(task).ConfigureAwait(false);
            throw;
        }

        exec.SetStarted(task);
        _ = RecordEndAsync(exec, task);
        return attachment;
    }

    private async Task RecordEndAsync(ExecProcess exec, IExecTask task)
    {
        int exitCode;
        try
        {
            exitCode = (await task.Exited.ConfigureAwait(false)).ExitCode;
        }
        catch (Exception e) when (e is IOException or RuntimeFailureException or OperationCanceledException or ObjectDisposedException)
        {
            // the shim is gone, and with it the container
            exitCode = 137;
        }

        exec.SetEnded(exitCode, time.GetUtcNow());
        events.Publish(exec.Container, "exec_die", ExecId(exec),
            new KeyValuePair<string, string>("exitCode", exitCode.ToString(CultureInfo.InvariantCulture)));
        await DisposeAsync(task).ConfigureAwait(false);
    }

    private static KeyValuePair<string, string> ExecId(ExecProcess exec) => new("execID", exec.Id);

    private static ValueTask DisposeAsync(IAsyncDisposable? resource) => resource?.DisposeAsync() ?? ValueTask.CompletedTask;
}
