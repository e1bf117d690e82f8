using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Containers;

public sealed class RunTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Run_prints_what_the_command_prints()
    {
        CommandResult result = await docker.Docker("run", "--rm", "busybox", "sh", "-c", "echo out; echo err >&2");
        Assert.Equal(("out\n", "err\n", 0), (result.Output, result.Error, result.ExitCode));
    }

    [LinuxTheory(Required)]
    [InlineData("exit 0", 0)]
    [InlineData("exit 7", 7)]
    [InlineData("sh -c 'kill -9 $$'; exit $?", 137)]
    [InlineData("kill -15 $$; exit 3", 3)]   // pid 1 without a handler ignores SIGTERM
    public async Task Exit_code_is_the_commands(string script, int code) =>
        Assert.Equal(code, (await docker.Docker("run", "--rm", "busybox", "sh", "-c", script)).ExitCode);

    [LinuxFact(Required)]
    public async Task Missing_command_exits_127_and_leaves_nothing()
    {
        string name = docker.Name("missing");
        CommandResult result = await docker.Docker("run", "--rm", "--name", name, "busybox", "nosuchcommand");
        Assert.Equal(127, result.ExitCode);
        Assert.Contains("exec: \"nosuchcommand\": executable file not found in $PATH", result.Error, StringComparison.Ordinal);
        Assert.Equal("", await docker.Output("ps", "-aq", "--filter", $"name={name}"));
    }

    [LinuxFact(Required)]
    public async Task Command_that_cannot_be_invoked_exits_126()
    {
        CommandResult result = await docker.Docker("run", "--rm", "busybox", "/etc");
        Assert.Equal(126, result.ExitCode);
    }

    [LinuxFact(Required)]
    public async Task Unknown_flag_exits_125()
    {
        CommandResult result = await docker.Docker("run", "--no-such-flag", "busybox");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("unknown flag: --no-such-flag", result.Error, StringComparison.Ordinal);
    }

    [LinuxFact(Required)]
    public async Task Detached_run_prints_the_whole_id()
    {
        string id = await docker.Output("run", "-d", "busybox", "true");
        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.Equal("0", await docker.Output("wait", id));
        await docker.Output("rm", id);
    }

    [LinuxFact(Required)]
    public async Task Standard_input_reaches_the_command_to_its_end()
    {
        CommandResult result = await ChildProcess.RunAsync(
            DockerProgram.Path, ["run", "--rm", "-i", "busybox", "wc", "-c"], docker.Daemon.ClientEnvironment(), input: new string('x', 300_000));
        Assert.Equal("300000", result.Succeeds().Text.Trim());
    }

    [LinuxFact(Required)]
    public async Task Environment_user_directory_and_hostname_are_as_asked() =>
        Assert.Equal(
            "v 33 /tmp box",
            await docker.Output("run", "--rm", "-e", "A=v", "-u", "www-data", "-w", "/tmp", "-h", "box", "busybox",
                "sh", "-c", "echo $A $(id -u) $(pwd) $(hostname)"));

    [LinuxFact(Required)]
    public async Task Entrypoint_and_arguments_combine() =>
        Assert.Equal("a b", await docker.Output("run", "--rm", "--entrypoint", "echo", "busybox", "a", "b"));

    [LinuxFact(Required)]
    public async Task Removed_container_is_gone_when_run_returns()
    {
        string name = docker.Name("removed");
        await docker.Output("run", "--rm", "--name", name, "busybox", "true");
        CommandResult inspect = await docker.Docker("inspect", name);
        Assert.Equal(1, inspect.ExitCode);
        Assert.Contains($"No such object: {name}", inspect.Error, StringComparison.OrdinalIgnoreCase);
    }

    [LinuxFact(Required)]
    public async Task Terminal_is_one()
    {
        // script(1) gives the client a terminal of its own.
        CommandResult result = await ChildProcess.RunAsync(
            "script", ["-qec", $"{DockerProgram.Path} run --rm -it busybox tty", "/dev/null"], docker.Daemon.ClientEnvironment());
        Assert.Contains("/dev/pts/0", result.Succeeds().Text, StringComparison.Ordinal);   // script adds control characters of its own
    }

    [LinuxFact(Required)]
    public async Task Init_reaps_and_forwards_signals()
    {
        if (DockerFixture.IsReference && Machine.FindOnPath("docker-init") is null)
        {
            Assert.Skip("the reference has no docker-init");
        }

        Assert.Contains("init", await docker.Output("run", "--rm", "--init", "busybox", "cat", "/proc/1/cmdline"), StringComparison.Ordinal);
    }
}
