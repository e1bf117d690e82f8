using Berth.TestHost;

namespace Berth.Bench;

/// <summary>Our daemon and the reference side by side, each with its own client and a busybox image.</summary>
internal sealed class DaemonPair(DaemonProcess ours, ReferenceDaemon reference) : IAsyncDisposable
{
    public DaemonProcess Ours { get; } = ours;
    public ReferenceDaemon Reference { get; } = reference;

    public static async Task<DaemonPair> StartAsync()
    {
        var pair = new DaemonPair(await DaemonProcess.StartNewAsync(), await ReferenceDaemon.StartNewAsync("--bip", "10.97.0.1/24"));
        foreach (IDockerDaemon daemon in (IDockerDaemon[])[pair.Ours, pair.Reference])
        {
            (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        }

        return pair;
    }

    /// <summary>Our client against our daemon.</summary>
    public async Task OursAsync(params string[] arguments) =>
        (await ChildProcess.RunAsync(DockerProgram.Ours, arguments, Ours.ClientEnvironment())).Succeeds();

    /// <summary>The stock client against the reference.</summary>
    public async Task ReferenceAsync(params string[] arguments) =>
        (await ChildProcess.RunAsync(Machine.FindOnPath("docker")!, arguments, Reference.ClientEnvironment())).Succeeds();

    public async ValueTask DisposeAsync()
    {
        await Ours.DisposeAsync();
        await Reference.DisposeAsync();
    }
}
