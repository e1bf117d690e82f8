using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Containers;

public sealed class LifeCycleTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Container_goes_from_created_to_running_to_exited_to_gone()
    {
        string name = docker.Name("life");
        await docker.Output("create", "--name", name, "busybox", "sleep", "1000");
        Assert.Equal("created", await State(name));
        Assert.Equal(name, await docker.Output("start", name));
        Assert.Equal("running", await State(name));
        await docker.Output("stop", "-t", "0", name);
        Assert.Equal("exited", await State(name));
        Assert.Equal("137", await docker.Output("inspect", "-f", "{{.State.ExitCode}}", name));
        await docker.Output("rm", name);
        Assert.Equal(1, (await docker.Docker("inspect", name)).ExitCode);
    }

    [LinuxFact(Required)]
    public async Task Stop_sends_the_stop_signal_first()
    {
        string name = docker.Name("stopsignal");
        await docker.Output("run", "-d", "--name", name, "--stop-signal", "USR1", "busybox",
            "sh", "-c", "trap 'echo got it; exit 3' USR1; echo ready; while true; do sleep 0.1; done");
        await docker.Eventually(() => docker.Output("logs", name), "ready");
        await docker.Output("stop", name);
        Assert.Equal("ready\ngot it", await docker.Output("logs", name));
        Assert.Equal("3", await docker.Output("inspect", "-f", "{{.State.ExitCode}}", name));
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Kill_sends_the_signal_that_was_named()
    {
        string name = await docker.Sleeping("kill");
        await docker.Output("kill", "-s", "KILL", name);
        Assert.Equal("137", await docker.Output("wait", name));
        CommandResult again = await docker.Docker("kill", name);
        Assert.Equal(1, again.ExitCode);
        Assert.Contains("is not running", again.Error, StringComparison.Ordinal);
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Restart_starts_a_new_process_over_the_same_files()
    {
        string name = docker.Name("restart");
        await docker.Output("run", "-d", "--name", name, "busybox", "sh", "-c", "echo x >> /count; exec sleep 1000");
        string before = await docker.Output("inspect", "-f", "{{.State.Pid}}", name);
        await docker.Output("restart", "-t", "0", name);
        Assert.NotEqual(before, await docker.Output("inspect", "-f", "{{.State.Pid}}", name));
        await docker.Eventually(() => docker.Output("exec", name, "cat", "/count"), "x\nx");
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Start_of_a_running_container_is_no_error()
    {
        string name = await docker.Sleeping("twice");
        Assert.Equal(name, await docker.Output("start", name));
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Running_container_is_removed_only_by_force()
    {
        string name = await docker.Sleeping("force");
        CommandResult refused = await docker.Docker("rm", name);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("running", refused.Error, StringComparison.Ordinal);
        Assert.Equal(name, await docker.Output("rm", "-f", name));
    }

    [LinuxFact(Required)]
    public async Task Name_is_taken_once_and_free_after_rename()
    {
        string name = docker.Name("taken");
        await docker.Output("create", "--name", name, "busybox");
        CommandResult conflict = await docker.Docker("create", "--name", name, "busybox");
        Assert.Equal(1, conflict.ExitCode);
        Assert.Matches($"Conflict. The container name \"/{name}\" is already in use by container \"[0-9a-f]{{64}}\". "
            + "You have to remove \\(or rename\\) that container to be able to reuse that name.", conflict.Error);
        await docker.Output("rename", name, name + "-old");
        await docker.Output("create", "--name", name, "busybox");
        await docker.Output("rm", name, name + "-old");
    }

    [LinuxFact(Required)]
    public async Task Failing_container_is_restarted_as_often_as_the_policy_says()
    {
        string name = docker.Name("policy");
        await docker.Output("run", "-d", "--name", name, "--restart", "on-failure:2", "busybox", "sh", "-c", "echo run; exit 1");
        await docker.Eventually(() => docker.Output("inspect", "-f", "{{.State.Status}} {{.RestartCount}}", name), "exited 2");
        Assert.Equal("run\nrun\nrun", await docker.Output("logs", name));
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Wait_answers_with_the_code()
    {
        string name = docker.Name("wait");
        await docker.Output("run", "-d", "--name", name, "busybox", "sh", "-c", "sleep 1; exit 5");
        Assert.Equal("5", await docker.Output("wait", name));
        Assert.Equal("5", await docker.Output("wait", name));
        await docker.Output("rm", name);
    }

    [LinuxFact(Required)]
    public async Task Top_shows_the_processes()
    {
        string name = await docker.Sleeping("top");
        string top = await docker.Output("top", name);
        Assert.StartsWith("UID ", top, StringComparison.Ordinal);
        Assert.Contains("sleep 1000", top, StringComparison.Ordinal);
        Assert.Contains("sleep", await docker.Output("top", name, "-o", "pid,comm"), StringComparison.Ordinal);
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Ps_lists_filters_and_formats()
    {
        string name = await docker.Sleeping("ps", "--label", "colour=blue");
        string line = await docker.Output("ps", "--filter", "label=colour=blue", "--format", "{{.Names}}|{{.Image}}|{{.Command}}|{{.State}}");
        Assert.Equal($"{name}|busybox|\"sleep 1000\"|running", line);
        Assert.Equal("", await docker.Output("ps", "-q", "--filter", "label=colour=red"));
        Assert.Contains("Up ", await docker.Output("ps", "--filter", $"name={name}", "--format", "{{.Status}}"), StringComparison.Ordinal);
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Prefix_of_an_id_names_the_container()
    {
        string id = await docker.Output("create", "busybox");
        Assert.Equal(id, await docker.Output("inspect", "-f", "{{.Id}}", id[..10]));
        await docker.Output("rm", id[..12]);
    }

    private Task<string> State(string name) => docker.Output("inspect", "-f", "{{.State.Status}}", name);
}
