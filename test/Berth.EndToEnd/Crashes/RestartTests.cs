using Berth.TestHost;

namespace Berth.EndToEnd.Crashes;

/// <summary>Containers go on while the daemon is away, and it finds them again.</summary>
public sealed class RestartTests
{
    private const Needs Required = DockerFixture.Required;

    [LinuxTheory(Required)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Containers_outlive_the_daemon_and_obey_the_next(bool kill)
    {
        await using DaemonProcess daemon = await DaemonProcess.StartNewAsync();
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        await Ok("run", "-d", "--name", "web", "-p", "127.0.0.1::80", "busybox", "sh", "-c",
            "echo hello > /index.html; httpd -p 80 -h /; i=0; while true; do echo $i; i=$((i+1)); sleep 0.02; done");
        await Ok("run", "-d", "--name", "short", "busybox", "sh", "-c", "sleep 1; exit 42");
        await Ok("run", "-d", "--name", "reader", "-i", "busybox", "cat");
        string port = (await Ok("port", "web", "80/tcp")).Split(':')[^1];
        string pid = await Ok("inspect", "-f", "{{.State.Pid}}", "web");

        await (kill ? daemon.KillAsync() : daemon.StopAsync());
        Assert.Equal("hello", await Fetch(port));
        await Task.Delay(1500);   // the short one exits with nobody watching
        await daemon.StartAsync();

        Assert.Equal(pid, await Ok("inspect", "-f", "{{.State.Pid}}", "web"));
        Assert.Equal("exited 42", await Ok("inspect", "-f", "{{.State.Status}} {{.State.ExitCode}}", "short"));
        Assert.Equal("hello", await Fetch(port));
        Assert.Equal("hello", await Ok("exec", "web", "cat", "/index.html"));
        string[] lines = (await Ok("logs", "web")).Split('\n');
        Assert.Equal(Enumerable.Range(0, lines.Length).Select(i => i.ToString(System.Globalization.CultureInfo.InvariantCulture)), lines);
        CommandResult attached = await ChildProcess.RunAsync(
            "sh", ["-c", $"(echo back; sleep 2) | timeout -s KILL 2 {DockerProgram.Path} attach --sig-proxy=false reader"], daemon.ClientEnvironment());
        Assert.Equal("back", attached.Text);
        await Ok("stop", "-t", "0", "web");
        Assert.Equal("exited", await Ok("inspect", "-f", "{{.State.Status}}", "web"));

        // The freed port is free.
        await Ok("run", "-d", "--name", "next", "-p", $"127.0.0.1:{port}:80", "busybox", "sleep", "1000");

        async Task<string> Ok(params string[] arguments) => (await daemon.DockerAsync(arguments)).Succeeds().Text;
    }

    private static async Task<string> Fetch(string port) =>
        (await ChildProcess.RunAsync("curl", ["-sS", "-m", "10", "--retry", "5", "--retry-connrefused", $"http://127.0.0.1:{port}/index.html"])).Succeeds().Text;

    [LinuxFact(Required)]
    public async Task Restart_policies_hold_across_daemons()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartNewAsync();
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        (await daemon.DockerAsync("run", "-d", "--name", "always", "--restart", "always", "busybox", "sleep", "1000")).Succeeds();
        string pid = (await daemon.DockerAsync("inspect", "-f", "{{.State.Pid}}", "always")).Succeeds().Text;
        await daemon.KillAsync();
        (await ChildProcess.RunAsync("kill", ["-KILL", pid])).Succeeds();
        await daemon.StartAsync();
        string state = "";
        for (int i = 0; i < 100 && !state.StartsWith("running", StringComparison.Ordinal); i++)
        {
            state = (await daemon.DockerAsync("inspect", "-f", "{{.State.Status}} {{.State.Pid}}", "always")).Succeeds().Text;
            await Task.Delay(100);
        }

        Assert.StartsWith("running", state, StringComparison.Ordinal);
        Assert.NotEqual($"running {pid}", state);
    }

    [LinuxFact(Required)]
    public async Task Two_daemons_do_not_disturb_each_other()
    {
        await using DaemonProcess one = await DaemonProcess.StartNewAsync();
        await using DaemonProcess two = await DaemonProcess.StartNewAsync();
        foreach (DaemonProcess daemon in (DaemonProcess[])[one, two])
        {
            (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
            (await daemon.DockerAsync("run", "-d", "--name", "web", "-p", "127.0.0.1::80", "busybox", "sh", "-c", "echo hello > /index.html; exec httpd -f -p 80 -h /")).Succeeds();
        }

        string port = (await two.DockerAsync("port", "web", "80/tcp")).Succeeds().Text.Split(':')[^1];
        await one.KillAsync();
        await one.StartAsync();
        (await one.DockerAsync("rm", "-f", "web")).Succeeds();
        await one.StopAsync();
        Assert.Equal("hello", await Fetch(port));
        Assert.Equal("true", (await two.DockerAsync("inspect", "-f", "{{.State.Running}}", "web")).Succeeds().Text);
        await one.StartAsync();
    }
}
