using Berth.Engine.Images;
using Berth.Engine.Networks;
using Berth.Engine.Snapshots;
using Berth.Engine.Volumes;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>What can be done with containers, a file per verb.</summary>
public sealed partial class ContainerService
{
    private static readonly TimeSpan DetachTimeout = TimeSpan.FromSeconds(5);

    private readonly EnginePaths _paths;
    private readonly ContainerTable _table;
    private readonly ContainerStore _store;
    private readonly ContainerEvents _events;
    private readonly ContainerResources _resources;
    private readonly ContainerLauncher _launcher;
    private readonly ContainerRemover _remover;
    private readonly ContainerRestorer _restorer;
    private readonly ExitWatcher _exits;
    private readonly ExecTable _execs;
    private readonly ExecLauncher _execLauncher;
    private readonly HostConfigValidation _hostConfigs;
    private readonly MountResolver _mounts;
    private readonly RuntimeTable _runtimes;
    private readonly ISnapshotter _snapshots;
    private readonly ImageService _images;
    private readonly NetworkService _networks;
    private readonly VolumeService _volumes;
    private readonly KeyedLock _locks;
    private readonly TimeProvider _time;
    private readonly ILogger<ContainerService> _logger;

    internal ContainerService(
        EnginePaths paths,
        ContainerTable table,
        ContainerStore store,
        ContainerEvents events,
        ContainerResources resources,
        ContainerLauncher launcher,
        ContainerRemover remover,
        ContainerRestorer restorer,
        ExitWatcher exits,
        ExecTable execs,
        ExecLauncher execLauncher,
        HostConfigValidation hostConfigs,
        MountResolver mounts,
        RuntimeTable runtimes,
        ISnapshotter snapshots,
        ImageService images,
        NetworkService networks,
        VolumeService volumes,
        KeyedLock locks,
        TimeProvider time,
        ILogger<ContainerService> logger)
    {
        _paths = paths;
        _table = table;
        _store = store;
        _events = events;
        _resources = resources;
        _launcher = launcher;
        _remover = remover;
        _restorer = restorer;
        _exits = exits;
        _execs = execs;
        _execLauncher = execLauncher;
        _hostConfigs = hostConfigs;
        _mounts = mounts;
        _runtimes = runtimes;
        _snapshots = snapshots;
        _images = images;
        _networks = networks;
        _volumes = volumes;
        _locks = locks;
        _time = time;
        _logger = logger;
    }

    /// <summary>Loads what is stored, takes up what still runs, records what exited meanwhile, applies restart policies.</summary>
    internal Task RestoreAsync(CancellationToken ct)
    {
        _runtimes.BeginChoice(_paths);
        return _restorer.RestoreAsync(ct);
    }

    /// <summary>Ends watching and pending restarts, and gives what has begun some seconds to come to its end; containers run on.</summary>
    internal async Task DetachAsync()
    {
        _exits.Detach();
        using var limit = new CancellationTokenSource(DetachTimeout, TimeProvider.System);
        foreach (Container container in _table.All)
        {
            try
            {
                using (await container.LockAsync(limit.Token).ConfigureAwait(false))
                {
                    if (container.Task is { } task)
                    {
                        await task.DisposeAsync().ConfigureAwait(false);
                    }
                }
            }
            catch (OperationCanceledException)
            {
                // What is left half done is undone by the next daemon, as after a crash.
                Log.StillBusy(_logger, container.Id);
            }
        }
    }
}
