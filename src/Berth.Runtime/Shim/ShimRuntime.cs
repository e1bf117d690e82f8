using System.Net.Sockets;
using Berth.Linux;
using Berth.Linux.Cgroups;

namespace Berth.Runtime.Shim;

/// <summary>Containers behind one shim each, which has an OCI runtime do the rest.</summary>
/// <param name="name">As containers name it.</param>
/// <param name="programDirectory">Where berth-shim lies: beside the daemon.</param>
/// <param name="stateDirectory">The runtime's own state (its <c>--root</c>).</param>
public sealed class ShimRuntime(string name, string programDirectory, string stateDirectory) : IContainerRuntime, IDisposable
{
    private readonly ShimLauncher _launcher = new(programDirectory);
    private readonly CgroupMoves _moves = new(new GracePeriods($"{stateDirectory}.rcu-expedited"));

    public string Name => name;

    /// <summary>0 where there is none.</summary>
    internal int ReservePid => _launcher.ReservePid;

    /// <summary>Has a shim in reserve. Every start sees to it afterwards, so once is enough.</summary>
    public Task WarmUpAsync() => Task.Run(_launcher.FillReserve);

    public async Task<IContainerTask> PrepareAsync(TaskRequest request, CancellationToken ct)
    {
        _moves.BeginHasten();
        if (_launcher.TakeReserve() is { } reserve)
        {
            try
            {
                return await PrepareAsync(reserve, request, ct).ConfigureAwait(false);
            }
            catch (ShimClosedException)
            {
                // Killed while it waited: nothing was begun with it.
            }
        }

        try
        {
            return await PrepareAsync(_launcher.Launch(request.RuntimePath), request, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is LinuxException or ShimClosedException)
        {
            throw new RuntimeFailureException($"failed to start shim: {exception.Message}: unknown", inner: exception);
        }
    }

    public async Task<IContainerTask?> ReconnectAsync(Bundle bundle, CancellationToken ct)
    {
        try
        {
            var client = new ShimClient(await ShimAddress.ConnectAsync(bundle, ct).ConfigureAwait(false));
            return await ShimTask.ReconnectAsync(bundle, client, _moves, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ShimClosedException or LinuxException { Errno: Errno.ENOENT })
        {
            // No shim any more: it is done, or was killed and left its container behind.
            await Task.Run(() => LostContainer.CleanUp(bundle), CancellationToken.None).ConfigureAwait(false);
            return null;
        }
    }

    public void Dispose()
    {
        _launcher.Dispose();
        _moves.Dispose();
    }

    private async Task<ShimTask> PrepareAsync(LaunchedShim shim, TaskRequest request, CancellationToken ct)
    {
        var client = new ShimClient(shim.Connection);
        var task = new ShimTask(request.Bundle, client, _launcher, shim.Pid, _moves);
        try
        {
            await client.RequestAsync(ShimMessage.Prepare, Settings(request, _launcher.HasCopy(shim, request.RuntimePath)).Write(), ct).ConfigureAwait(false);
            return task;
        }
        catch (Exception exception)
        {
            await task.DisposeAsync().ConfigureAwait(false);
            if (exception is ShimFailureException failure)
            {
                throw new RuntimeFailureException($"failed to create shim task: {failure.Message}: unknown", inner: exception);
            }

            throw;
        }
    }

    private ShimSettings Settings(TaskRequest request, bool hasRuntimeCopy) => new()
    {
        ContainerId = request.ContainerId,
        BundleDirectory = request.Bundle.Directory,
        Runtime = [request.RuntimePath, .. request.RuntimeArguments, "--root", stateDirectory],
        HasRuntimeCopy = hasRuntimeCopy,
        CgroupsPath = request.CgroupsPath,
        Terminal = request.Terminal,
        OpenStdin = request.OpenStdin,
        Rows = request.ConsoleSize.Rows,
        Columns = request.ConsoleSize.Columns,
        LogPath = request.Log.Path ?? "",
        LogMaxSizeBytes = request.Log.MaxSizeBytes,
        LogMaxFiles = request.Log.MaxFiles,
        LogAttributes = request.Log.AttributesJson ?? "",
    };
}
