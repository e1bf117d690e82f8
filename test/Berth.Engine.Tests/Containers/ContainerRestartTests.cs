using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerRestartTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [LinuxFact(TestEngine.Needs)]
    public async Task A_restart_policy_starts_again_after_its_wait_until_a_user_stops()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync(null, h => h with { RestartPolicy = new RestartPolicy { Name = "always" } });
        int firstPid = engine.StateOf(id).Pid;
        engine.Runtime[id].Exit(1);
        await TestEngine.EventuallyAsync(() => engine.StateOf(id).Status == ContainerStatus.Restarting);
        Assert.Equal((1, 0), (engine.StateOf(id).RestartCount, engine.StateOf(id).Pid));

        await engine.AdvanceUntilAsync(() => engine.StateOf(id).Status == ContainerStatus.Running);
        Assert.NotEqual(firstPid, engine.StateOf(id).Pid);

        engine.Runtime[id].Exit(1);
        await TestEngine.EventuallyAsync(() => engine.StateOf(id).Status == ContainerStatus.Restarting);
        await engine.Containers.StopAsync(id, null, null, None);
        engine.Time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((ContainerStatus.Exited, true), (engine.StateOf(id).Status, engine.StateOf(id).ManuallyStopped));
        await engine.Containers.StartAsync(id, None);
        Assert.Equal((0, false), (engine.StateOf(id).RestartCount, engine.StateOf(id).ManuallyStopped));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task On_failure_gives_up_after_its_count_and_wakes_who_waits()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        engine.Runtime.OnStarted = task => task.Exit(1);
        string id = await engine.RunAsync(null, h => h with { RestartPolicy = new RestartPolicy { Name = "on-failure", MaximumRetryCount = 2 } });

        await engine.AdvanceUntilAsync(() => engine.StateOf(id).Status == ContainerStatus.Exited);

        Assert.Equal(2, engine.StateOf(id).RestartCount);
        Assert.Equal(3, (await engine.EventsAsync()).Count(e => e == "start"));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_container_between_two_restarts_is_removed_by_force_only()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync("box", h => h with { RestartPolicy = new RestartPolicy { Name = "always" } });
        engine.Runtime[id].Exit(1);
        await TestEngine.EventuallyAsync(() => engine.StateOf(id).Status == ContainerStatus.Restarting);

        await Refusal.AssertAsync(ErrorKind.Conflict, "cannot remove container \"/box\": container is restarting: stop the container before removing or force remove",
            () => engine.Containers.RemoveAsync("box", force: false, volumes: false, link: false, None));
        await engine.Containers.RemoveAsync("box", force: true, volumes: false, link: false, None);
        engine.Time.Advance(TimeSpan.FromMinutes(5));

        Assert.Empty(engine.Table.All);
        Assert.Equal(["create", "start", "die", "destroy"], await engine.EventsAsync());
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_users_restart_starts_a_running_one_anew_and_keeps_what_goes_with_its_exit()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync("box", h => h with { AutoRemove = true });
        int pid = engine.StateOf(id).Pid;

        await engine.Containers.RestartAsync("box", null, null, None);

        Assert.NotEqual(pid, engine.StateOf(id).Pid);
        Assert.Equal(["create", "start", "kill", "die", "stop", "start", "restart"], await engine.EventsAsync());
        Task<ContainerWait> removed = await engine.Containers.WaitAsync(id, "removed", None);
        engine.Runtime[id].Exit(0);
        await removed;
    }
}
