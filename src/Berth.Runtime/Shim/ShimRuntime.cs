using System.Net.Sockets;
using Berth.Linux;

namespace Berth.Runtime.Shim;

/// <summary>Containers behind one shim each, which has an OCI runtime do the rest.</summary>
/// <param name="name">As containers name it.</param>
/// <param name="programDirectory">Where berth-shim lies: beside the daemon.</param>
/// <param name="stateDirectory">The runtime's own state (its <c>--root</c>).</param>
public sealed class ShimRuntime(string name, string programDirectory, string stateDirectory) : IContainerRuntime, IDisposable
{
    private readonly ShimLauncher _launcher = new(programDirectory);

    public string Name => name;

    public async Task<IContainerTask> PrepareAsync(TaskRequest request, CancellationToken ct)
    {
        Socket socket;
        int shimPid;
        try
        {
            (socket, shimPid) = _launcher.Launch(request.ContainerId, request.Bundle);
        }
        catch (LinuxException exception)
        {
            // moby and containerd 1.7: a shim that cannot be started at all.
            throw new RuntimeFailureException($"failed to start shim: {exception.Message}: unknown", inner: exception);
        }

        var client = new ShimClient(socket);
        var task = new ShimTask(request.Bundle, request.ContainerId, client, _launcher, shimPid);
        try
        {
            await client.RequestAsync(ShimMessage.Prepare, Settings(request).Write(), ct).ConfigureAwait(false);
            return task;
        }
        catch (Exception exception)
        {
            await task.DisposeAsync().ConfigureAwait(false);
            throw exception switch
            {
                ShimFailureException failure => new RuntimeFailureException($"failed to create shim task: {failure.Message}: unknown", inner: exception),
                ShimClosedException => new RuntimeFailureException($"failed to start shim: {ShimLog(request.Bundle)}: unknown", inner: exception),
                _ => exception,
            };
        }
    }

    public async Task<IContainerTask?> ReconnectAsync(Bundle bundle, CancellationToken ct)
    {
        try
        {
            var client = new ShimClient(await ShimAddress.ConnectAsync(bundle, ct).ConfigureAwait(false));
            return await ShimTask.ReconnectAsync(bundle, client, ct).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ShimClosedException or LinuxException { Errno: Errno.ENOENT })
        {
            // No shim any more: it is done, or was killed and left its container behind.
            await Task.Run(() => LostContainer.CleanUp(bundle), CancellationToken.None).ConfigureAwait(false);
            return null;
        }
    }

    public void Dispose() => _launcher.Dispose();

    private ShimSettings Settings(TaskRequest request) => new()
    {
        ContainerId = request.ContainerId,
        BundleDirectory = request.Bundle.Directory,
        Runtime = [request.RuntimePath, .. request.RuntimeArguments, "--root", stateDirectory],
        Terminal = request.Terminal,
        OpenStdin = request.OpenStdin,
        Rows = request.ConsoleSize.Rows,
        Columns = request.ConsoleSize.Columns,
        LogPath = request.Log.Path ?? "",
        LogMaxSizeBytes = request.Log.MaxSizeBytes,
        LogMaxFiles = request.Log.MaxFiles,
        LogAttributes = request.Log.AttributesJson ?? "",
    };

    private static string ShimLog(Bundle bundle)
    {
        string text = File.Exists(bundle.ShimLogPath) ? File.ReadAllText(bundle.ShimLogPath).Trim() : "";
        return text.Length > 0 ? text : "it ended without a word";
    }
}
