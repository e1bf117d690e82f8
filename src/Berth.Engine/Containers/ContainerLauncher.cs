using Berth.Engine.Networks;
using Berth.Engine.Volumes;
using Berth.Linux;
using Berth.Runtime;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Starts a container: the one recipe for a user's start, a restart and a restart policy.</summary>
/// <remarks>
/// (1) The bundle; then at the same time (2) the network, (3) the runtime's preparations and (4) the mounts: root file system, volumes, what
/// the host mounts for it; (5) <c>config.json</c>; (6) who attached before the start is connected; (7) the process starts; (8) the state is saved.
/// A step that fails undoes the others, and the container keeps the reason.
/// </remarks>
internal sealed class ContainerLauncher(
    EnginePaths paths,
    ContainerTable table,
    ContainerStore store,
    ContainerEvents events,
    ContainerResources resources,
    ContainerRemover remover,
    NetworkService networks,
    VolumeService volumes,
    HostMounts hostMounts,
    RuntimeSpecBuilder specs,
    IContainerRuntime runtime,
    RuntimeTable runtimes,
    TimeProvider time,
    ILogger<ContainerLauncher> logger)
{
    /// <summary>How long a process that is killed before its container counts as started may take to go.</summary>
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Told of every container that runs from now on. Set once, by who watches for exits.</summary>
    public Action<Container, IContainerTask> Started { get; set; } = (_, _) => { };

    /// <summary>Runs under the container's lock, to its end: whoever asked may be gone by then.</summary>
    /// <param name="byUser">A user's start forgets earlier restarts and manual stops.</param>
    /// <exception cref="EngineException">With the reason, which the container's state keeps too. Nothing is left of the attempt.</exception>
    public async Task LaunchAsync(Container container, bool byUser)
    {
        try
        {
            await LaunchOrUndoAsync(container, byUser).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw await RecordFailureAsync(container, e, byUser).ConfigureAwait(false);
        }

        Log.Started(logger, container.Id, container.State.Pid);
        events.Publish(container, "start");
    }

    private async Task LaunchOrUndoAsync(Container container, bool byUser)
    {
        ContainerSpec spec = container.Spec;
        RuntimeOption program = runtimes[spec.Runtime];
        await using var undo = new Undo(logger);

        // (1)
        undo.Push("bundle", () => resources.DeleteBundle(spec.Id));
        Bundle bundle = resources.CreateBundle(spec.Id);

        // (2) and (3): both wait for others, the kernel and the shim, most of the time
        Task<Sandbox> network = Task.Run(() => JoinNetworkAsync(spec));
        undo.Push("network", () => LeaveNetworkAsync(spec, network));
        Task<IContainerTask> preparation = runtime.PrepareAsync(RequestOf(spec, bundle, program), CancellationToken.None);
        undo.Push("process", () => EndAsync(preparation));

        // (4) parts of volumes are mounted once the volumes are
        resources.MountRoot(spec.Id);
        undo.Push("root file system", () => resources.UnmountRoot(spec.Id));
        await volumes.MountAsync(spec.Id, spec.Mounts, CancellationToken.None).ConfigureAwait(false);
        undo.Push("volumes", async () => await volumes.UnmountAsync(spec.Id, spec.Mounts).ConfigureAwait(false));
        hostMounts.Mount(spec);
        undo.Push("host mounts", () => hostMounts.Unmount(spec));

        // (5)
        Sandbox sandbox = await network.ConfigureAwait(false);
        WritePrivately(bundle.ConfigPath, specs.Build(spec, sandbox, bundle.RootFsPath, ProcessOf));
        IContainerTask task = await preparation.ConfigureAwait(false);

        // (6) and (7)
        await container.RunPreparedHooksAsync(task).ConfigureAwait(false);
        await task.StartAsync(CancellationToken.None).ConfigureAwait(false);

        // (8)
        RecordRunning(container, task, IsShared(spec) ? null : sandbox, byUser);
        undo.Complete();
        Started(container, task);
    }

    private async Task<Sandbox> JoinNetworkAsync(ContainerSpec spec)
    {
        if (SandboxRequests.SharedContainer(spec.HostConfig.NetworkMode) is not { } other)
        {
            return await networks.CreateSandboxAsync(SandboxRequests.Of(spec), CancellationToken.None).ConfigureAwait(false);
        }

        Container owner = table.Get(other);
        if (!owner.State.HasProcess)
        {
            throw ContainerErrors.JoinOfNotRunning(owner.Id);
        }

        return owner.State.Sandbox ?? throw ContainerErrors.JoinOfSharing(owner.Id);
    }

    private async ValueTask LeaveNetworkAsync(ContainerSpec spec, Task<Sandbox> network)
    {
        // One that could not be joined has undone itself.
        await ((Task)network).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (network.IsCompletedSuccessfully && !IsShared(spec))
        {
            await networks.RemoveSandboxAsync(await network.ConfigureAwait(false), CancellationToken.None).ConfigureAwait(false);
        }
    }

    private static bool IsShared(ContainerSpec spec) => SandboxRequests.SharedContainer(spec.HostConfig.NetworkMode) is not null;

    private int ProcessOf(string nameOrId)
    {
        Container other = table.Get(nameOrId);
        return other.State.HasProcess ? other.State.Pid : throw ContainerErrors.JoinOfNotRunning(other.Id);
    }

    private TaskRequest RequestOf(ContainerSpec spec, Bundle bundle, RuntimeOption program) => new()
    {
        ContainerId = spec.Id,
        Bundle = bundle,
        RuntimePath = program.Path,
        RuntimeArguments = program.Arguments,
        CgroupsPath = specs.CgroupsPathOf(spec),
        Terminal = spec.Config.Tty,
        OpenStdin = spec.Config.OpenStdin,
        Log = LogOptions.TargetOf(spec, paths),
        ConsoleSize = spec.HostConfig.ConsoleSize is [var rows, var columns] ? ((int)rows, (int)columns) : (0, 0),
    };

    private void RecordRunning(Container container, IContainerTask task, Sandbox? sandbox, bool byUser)
    {
        ContainerRunState before = container.State;
        container.State = before with
        {
            Status = ContainerStatus.Running,
            Pid = task.Pid,
            ExitCode = 0,
            Error = "",
            OutOfMemory = false,
            StartedAt = time.GetUtcNow(),
            RestartCount = byUser ? 0 : before.RestartCount,
            ManuallyStopped = !byUser && before.ManuallyStopped,
            Sandbox = sandbox,
            Health = HealthStatus.AtStart(container.Spec.Config),
        };
        try
        {
            store.Save(container);
        }
        catch
        {
            container.State = before;
            throw;
        }

        container.Task = task;
        container.IsBeingRestarted = false;
        if (byUser)
        {
            container.Backoff.Reset();
        }
    }

    /// <summary>One that was never started is given up with its connection.</summary>
    private async ValueTask EndAsync(Task<IContainerTask> preparation)
    {
        await ((Task)preparation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!preparation.IsCompletedSuccessfully)
        {
            return;
        }

        IContainerTask task = await preparation.ConfigureAwait(false);
        await using (task.ConfigureAwait(false))
        {
            if (task.Pid == 0)
            {
                return;
            }

            try
            {
                await task.SignalAsync(Signals.Kill, CancellationToken.None).ConfigureAwait(false);
            }
            catch (RuntimeFailureException)
            {
                // It has exited by itself, which is what is wanted.
            }

            await task.Released.WaitAsync(ReleaseTimeout, time).ConfigureAwait(false);
        }
    }

    private async Task<EngineException> RecordFailureAsync(Container container, Exception failure, bool byUser)
    {
        (EngineException error, int exitCode) = Translate(failure);
        Log.StartFailed(logger, container.Id, failure);
        ContainerRunState before = container.State;
        container.State = before with
        {
            Status = before.StartedAt is null ? ContainerStatus.Created : ContainerStatus.Exited,
            Pid = 0,
            ExitCode = exitCode,
            Error = error.Message,
            Sandbox = null,
        };
        container.IsBeingRestarted = false;
        await container.RunPreparedHooksAsync(null).ConfigureAwait(false);
        if (container.Spec.HostConfig.AutoRemove)
        {
            await TryRemoveAsync(container).ConfigureAwait(false);
        }
        else
        {
            store.TrySave(container);
            if (!byUser)
            {
                // Between two restarts it counted as running; now it does not. A user's start that failed is no exit of anything.
                container.WakeExitWaiters(new TaskExit(exitCode, time.GetUtcNow(), OutOfMemory: false));
            }
        }

        return error;
    }

    /// <summary>Why it did not start is what the user hears, not why it is still there.</summary>
    private async Task TryRemoveAsync(Container container)
    {
        try
        {
            await remover.RemoveAsync(container, removeVolumes: true).ConfigureAwait(false);
        }
        catch (EngineException e)
        {
            Log.NotRemoved(logger, container.Id, e);
        }
    }

    /// <summary>moby 28: daemon/errors.go, translateContainerdStartErr, and start.go: 128 is the code of a start that failed for no known reason.</summary>
    private static (EngineException Error, int ExitCode) Translate(Exception failure) => failure switch
    {
        RuntimeFailureException runtime => (
            new EngineException(
                runtime.ExitCode is 126 or 127 ? ErrorKind.InvalidParameter : ErrorKind.System,
                $"failed to create task for container: {runtime.Message}", runtime),
            runtime.ExitCode),
        EngineException engine => (engine, 128),
        IOException when DiskFull.IsCauseOf(failure) => (new EngineException(ErrorKind.System, DiskFull.Reason, failure), 128),
        LinuxException or IOException or UnauthorizedAccessException => (new EngineException(ErrorKind.System, failure.Message, failure), 128),
        _ => (new EngineException(ErrorKind.System, $"the container cannot be started: {failure.Message}", failure), 128),
    };

    private static void WritePrivately(string path, byte[] content)
    {
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            BufferSize = 0,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        file.Write(content);
    }
}
