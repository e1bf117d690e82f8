using System.Diagnostics;
using System.Text;
using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Containers;

public sealed class StreamTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Logs_keep_both_streams_apart()
    {
        string name = await Finished("logs", "echo one; echo two >&2; echo three");
        CommandResult logs = await docker.Docker("logs", name);
        Assert.Equal(("one\nthree\n", "two\n"), (logs.Output, logs.Error));
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Logs_give_the_last_lines_and_their_times()
    {
        string name = await Finished("tail", "for i in 1 2 3 4 5; do echo $i; done");
        Assert.Equal("4\n5", await docker.Output("logs", "--tail", "2", name));
        Assert.Equal("", await docker.Output("logs", "--tail", "0", name));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z 5$", await docker.Output("logs", "-t", "--tail", "1", name));
        Assert.Equal("", await docker.Output("logs", "--until", "2001-01-01T00:00:00Z", name));
        Assert.Equal("1\n2\n3\n4\n5", await docker.Output("logs", "--since", "2001-01-01T00:00:00Z", name));
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Following_logs_ends_with_the_container()
    {
        string name = docker.Name("follow");
        await docker.Output("run", "-d", "--name", name, "busybox", "sh", "-c", "for i in 1 2 3; do echo $i; sleep 0.3; done");
        Assert.Equal("1\n2\n3", await docker.Output("logs", "-f", name));
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Log_files_are_rotated()
    {
        string name = docker.Name("rotate");
        await docker.Output("run", "--name", name, "--log-opt", "max-size=2k", "--log-opt", "max-file=2", "busybox",
            "sh", "-c", "i=0; while [ $i -lt 200 ]; do echo line $i; i=$((i+1)); done");
        string[] lines = (await docker.Output("logs", name)).Split('\n');
        Assert.Equal("line 199", lines[^1]);
        Assert.InRange(lines.Length, 10, 100);
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Container_without_a_log_says_so()
    {
        string name = docker.Name("nolog");
        await docker.Output("run", "--name", name, "--log-driver", "none", "busybox", "echo", "x");
        CommandResult logs = await docker.Docker("logs", name);
        Assert.Equal(1, logs.ExitCode);
        Assert.Contains("configured logging driver does not support reading", logs.Error, StringComparison.Ordinal);
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Attach_sees_what_comes_and_the_exit_code()
    {
        string name = docker.Name("attach");
        await docker.Output("run", "-d", "-i", "--name", name, "busybox", "sh", "-c", "read line; echo got $line; exit 4");
        // The input stays open: its end would end this attachment, as the container's own input is not the attachment's.
        CommandResult attached = await ChildProcess.RunAsync(
            "sh", ["-c", $"(echo hello; sleep 2) | {DockerProgram.Path} attach {name}"], docker.Daemon.ClientEnvironment());
        Assert.Equal(("got hello", 4), (attached.Text, attached.ExitCode));
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Exec_runs_beside_the_first_process()
    {
        string name = await docker.Sleeping("exec", "-e", "A=container");
        CommandResult result = await docker.Docker("exec", "-e", "B=exec", "-w", "/tmp", "-u", "33", name,
            "sh", "-c", "echo $A $B $(pwd) $(id -u); echo err >&2; exit 9");
        Assert.Equal(("container exec /tmp 33\n", "err\n", 9), (result.Output, result.Error, result.ExitCode));
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Exec_passes_input_to_its_end()
    {
        string name = await docker.Sleeping("execin");
        CommandResult result = await ChildProcess.RunAsync(
            DockerProgram.Path, ["exec", "-i", name, "md5sum"], docker.Daemon.ClientEnvironment(), input: "hello\n");
        Assert.Equal("b1946ac92492d2347c6235b4d2611184  -", result.Succeeds().Text);
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Exec_of_a_missing_command_exits_127()
    {
        string name = await docker.Sleeping("execmissing");
        CommandResult result = await docker.Docker("exec", name, "nosuchcommand");
        Assert.Equal(DockerFixture.IsReference ? 126 : 127, result.ExitCode);   // 127 since Docker 25
        Assert.Contains("executable file not found in $PATH", result.Output + result.Error, StringComparison.Ordinal);
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Exec_in_a_stopped_container_is_refused()
    {
        string name = await Finished("execstopped", "true");
        CommandResult result = await docker.Docker("exec", name, "true");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("is not running", result.Error, StringComparison.Ordinal);
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Detach_keys_leave_the_container_running()
    {
        string name = docker.Name("detach");
        using Process client = ChildProcess.Start(
            "script", ["-qec", $"{DockerProgram.Path} run -it --name {name} busybox sh -c 'echo ready; exec sleep 1000'", "/dev/null"],
            docker.Daemon.ClientEnvironment(), input: true);
        var seen = new StringBuilder();
        while (!seen.ToString().Contains("ready", StringComparison.Ordinal))   // the client's terminal is raw from here on
        {
            int next = client.StandardOutput.Read();
            Assert.True(next >= 0, seen.ToString());
            seen.Append((char)next);
        }

        await client.StandardInput.WriteAsync("\u0010\u0011");
        await client.StandardInput.FlushAsync();
        await client.WaitForExitAsync();
        Assert.Equal(0, client.ExitCode);
        Assert.Equal("running", await docker.Output("inspect", "-f", "{{.State.Status}}", name));
        await docker.Output("rm", "-f", name);
    }

    private async Task<string> Finished(string stem, string script)
    {
        string name = docker.Name(stem);
        await docker.Docker("run", "--name", name, "busybox", "sh", "-c", script);
        return name;
    }
}
