using Berth.TestHost;

namespace Berth.EndToEnd.Crashes;

/// <summary>kill -9 of the daemon at moments nobody chose: nothing acknowledged is lost, nothing is left over.</summary>
public sealed class DaemonCrashTests
{
    private const Needs Required = DockerFixture.Required;

    /// <summary>BERTH_TEST_CRASH_ROUNDS changes it.</summary>
    private static int Rounds => int.TryParse(Environment.GetEnvironmentVariable("BERTH_TEST_CRASH_ROUNDS"), out int rounds) ? rounds : 50;

    [LinuxFact(Required)]
    public async Task Nothing_acknowledged_is_lost_and_nothing_leaks()
    {
        await using RegistryProcess registry = await RegistryProcess.StartNewAsync();
        await using DaemonProcess daemon = await DaemonProcess.StartNewAsync("--registry-mirror", $"http://{registry.Address}");
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        (await daemon.DockerAsync("tag", "busybox", $"{registry.Address}/library/pulled:1")).Succeeds();
        (await daemon.DockerAsync("push", $"{registry.Address}/library/pulled:1")).Succeeds();
        (await daemon.DockerAsync("rmi", $"{registry.Address}/library/pulled:1")).Succeeds();
        string survivor = (await daemon.DockerAsync("run", "-d", "--name", "survivor", "-p", "127.0.0.1::80", "busybox", "sh", "-c",
            "i=0; while true; do echo $i; i=$((i+1)); sleep 0.05; done")).Succeeds().Text;
        int seed = Environment.TickCount;
        var random = new Random(seed);
        var ledger = new Ledger(daemon);
        for (int round = 0; round < Rounds; round++)
        {
            using var stop = new CancellationTokenSource();
            Task[] work =
            [
                ledger.LiveContainersAsync(round, stop.Token),
                ledger.ShortContainersAsync(round, stop.Token),
                ledger.PullsAsync(stop.Token),
            ];
            await Task.Delay(random.Next(20, 600), CancellationToken.None);
            await daemon.KillAsync();
            await stop.CancelAsync();
            await Task.WhenAll(work);
            await daemon.StartAsync();
            await ledger.CheckAsync($"seed {seed}, round {round}");
            Assert.Equal("true", (await daemon.DockerAsync("inspect", "-f", "{{.State.Running}}", survivor)).Succeeds().Text);
        }

        await CheckLogHasNoHole(daemon, survivor);
        string[] all = (await daemon.DockerAsync("ps", "-aq")).Succeeds().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        (await daemon.DockerAsync(["rm", "-f", "-v", .. all])).Succeeds();
        List<string> left = await LeftoversAsync(daemon);
        for (int i = 0; i < 100 && left.Count > 0; i++)
        {
            await Task.Delay(100);   // the kernel's part of the removed containers goes in the background
            left = await LeftoversAsync(daemon);
        }

        Assert.Equal([], left);
    }

    private static async Task CheckLogHasNoHole(DaemonProcess daemon, string container)
    {
        string[] lines = (await daemon.DockerAsync("logs", container)).Succeeds().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), lines);
    }

    /// <summary>What of a daemon without containers is still on the host.</summary>
    private static async Task<List<string>> LeftoversAsync(DaemonProcess daemon)
    {
        var left = new List<string>();
        left.AddRange((await File.ReadAllLinesAsync("/proc/self/mounts")).Where(line => line.Contains(daemon.ExecRoot, StringComparison.Ordinal) || line.Contains(daemon.DataRoot, StringComparison.Ordinal)));
        foreach (string directory in (string[])[Path.Combine(daemon.ExecRoot, "containers"), Path.Combine(daemon.ExecRoot, "netns"), Path.Combine(daemon.DataRoot, "containers")])
        {
            left.AddRange(Directory.GetFileSystemEntries(directory));
        }

        left.AddRange(Directory.GetFiles(daemon.ExecRoot, "*.rcu-expedited"));   // as long as it is there, the kernel's switch is on because of us
        left.AddRange((await ChildProcess.RunAsync("ip", ["-o", "link", "show", "master", daemon.Bridge])).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        left.AddRange(Directory.GetDirectories("/proc").Where(process => int.TryParse(Path.GetFileName(process), out _))
            .Select(CommandLine).Where(line => line.Contains("berth-shim", StringComparison.Ordinal) && line.Contains(daemon.ExecRoot, StringComparison.Ordinal)));
        return left;
    }

    private static string CommandLine(string process)
    {
        try
        {
            return File.ReadAllText(Path.Combine(process, "cmdline")).Replace('\0', ' ');
        }
        catch (IOException)
        {
            return "";   // it ended meanwhile
        }
    }
}
