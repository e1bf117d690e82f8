using Berth.TestHost;

[assembly: AssemblyFixture(typeof(Berth.EndToEnd.DockerFixture))]

namespace Berth.EndToEnd;

/// <summary>One daemon with a busybox image for the scenarios of this assembly.</summary>
/// <remarks>BERTH_TEST_DAEMON=dockerd runs the same assertions against Debian's dockerd.</remarks>
public sealed class DockerFixture : IAsyncLifetime
{
    public const Needs Required = Needs.Root | Needs.Overlay | Needs.Network | Needs.OciRuntime | Needs.Programs | Needs.DockerCli | Needs.Busybox;

    private IDockerDaemon? _daemon;
    private int _names;

    public static bool IsReference { get; } = Environment.GetEnvironmentVariable("BERTH_TEST_DAEMON") == "dockerd";

    public IDockerDaemon Daemon => _daemon ?? throw new InvalidOperationException("the daemon was not started");

    public async ValueTask InitializeAsync()
    {
        if (Machine.WhyNot(Required) is not null)
        {
            return;   // every test that would use it is skipped for the same reason
        }

        _daemon = IsReference ? await ReferenceDaemon.StartNewAsync("--bip", "10.98.0.1/24") : await DaemonProcess.StartNewAsync();
        (await _daemon.DockerAsync("import", "--change", "CMD [\"sh\"]", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }
    }

    /// <summary>A name that no other test uses.</summary>
    public string Name(string stem) => $"{stem}-{Interlocked.Increment(ref _names)}";

    public Task<CommandResult> Docker(params IEnumerable<string> arguments) => Daemon.DockerAsync(arguments);

    /// <summary>Runs docker and returns what it printed; it must succeed.</summary>
    public async Task<string> Output(params IEnumerable<string> arguments) => (await Docker(arguments)).Succeeds().Text;

    /// <summary>Starts a container in the background that sleeps until it is removed.</summary>
    public async Task<string> Sleeping(string stem, params IEnumerable<string> flags)
    {
        string name = Name(stem);
        await Output(["run", "-d", "--name", name, .. flags, "busybox", "sleep", "1000"]);
        return name;
    }

    /// <summary>Asks again until the answer is the wanted one; fails with the last answer after half a minute.</summary>
    public async Task Eventually(Func<Task<string>> ask, string wanted)
    {
        string answer = await ask();
        for (int i = 0; i < 300 && answer != wanted; i++)
        {
            await Task.Delay(100);
            answer = await ask();
        }

        Assert.Equal(wanted, answer);
    }
}
