using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Runtime;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerServiceTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [LinuxFact(TestEngine.Needs)]
    public async Task A_container_lives_from_create_to_remove_and_leaves_nothing()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();

        string id = await engine.CreateAsync("box");
        Assert.Equal(ContainerStatus.Created, engine.StateOf(id).Status);
        await engine.Containers.StartAsync("box", None);
        Assert.Equal((ContainerStatus.Running, engine.Runtime[id].Pid), (engine.StateOf(id).Status, engine.StateOf(id).Pid));
        Assert.True(File.Exists(Path.Combine(engine.Paths.Bundle(id), "rootfs/data/file")));

        Task<ContainerWait> exit = await engine.Containers.WaitAsync(id, "not-running", None);
        engine.Runtime[id].Exit(3);
        Assert.Equal(3, (await exit).StatusCode);
        Assert.Equal((ContainerStatus.Exited, 3, 0), (engine.StateOf(id).Status, engine.StateOf(id).ExitCode, engine.StateOf(id).Pid));

        await engine.Containers.RemoveAsync("box", force: false, volumes: false, link: false, None);
        await engine.NothingLeftButAsync(before);
        Assert.Equal(["create", "start", "die", "destroy"], await engine.EventsAsync());
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Start_of_a_running_container_answers_not_modified()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();

        await RefusedAsync(ErrorKind.NotModified, "Container is already started", () => engine.Containers.StartAsync(id, None));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Who_waited_for_the_exit_can_start_at_once()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync();
        for (int run = 0; run < 5; run++)
        {
            await engine.Containers.StartAsync(id, None);
            Task<ContainerWait> exit = await engine.Containers.WaitAsync(id, "next-exit", None);
            engine.Runtime[id].Exit(run);

            Assert.Equal(run, (await exit).StatusCode);
        }
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_container_that_goes_with_its_exit_is_gone_for_who_waited()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        string id = await engine.RunAsync("box", h => h with { AutoRemove = true });
        Task<ContainerWait> removed = await engine.Containers.WaitAsync(id, "removed", None);
        engine.Runtime[id].Exit(7);

        Assert.Equal(7, (await removed).StatusCode);
        Assert.Null(engine.Table.Find("box"));
        await engine.NothingLeftButAsync(before);
        Assert.Equal(["create", "start", "die", "destroy"], await engine.EventsAsync());
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_process_that_ends_at_once_is_buried_like_any_other()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        engine.Runtime.OnStarted = task => task.Exit(5);
        string id = await engine.RunAsync();

        Assert.Equal(5, (await await engine.Containers.WaitAsync(id, "not-running", None)).StatusCode);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_client_that_stops_waiting_is_forgotten()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();
        using var client = new CancellationTokenSource();
        Task<ContainerWait> exit = await engine.Containers.WaitAsync(id, "next-exit", client.Token);

        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => exit);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_start_that_the_runtime_refuses_leaves_the_reason_and_nothing_else()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        engine.Runtime.RefuseStart = _ => new RuntimeFailureException("exec: \"nosuch\": executable file not found in $PATH", 127);

        const string sentence = "failed to create task for container: exec: \"nosuch\": executable file not found in $PATH";
        await RefusedAsync(ErrorKind.InvalidParameter, sentence, () => engine.Containers.StartAsync(id, None));

        Assert.Equal((ContainerStatus.Created, 127, sentence), (engine.StateOf(id).Status, engine.StateOf(id).ExitCode, engine.StateOf(id).Error));
        await engine.NothingLeftButAsync(before);
        Assert.Equal(sentence, (await await engine.Containers.WaitAsync(id, "", None)).Error?.Message);

        engine.Runtime.RefuseStart = null;
        await engine.Containers.StartAsync(id, None);
        Assert.Equal((ContainerStatus.Running, ""), (engine.StateOf(id).Status, engine.StateOf(id).Error));
    }

    public static TheoryData<string> Failures => ["shim", "runtime", "network", "user", "hook", "mount"];

    [LinuxTheory(TestEngine.Needs)]
    [MemberData(nameof(Failures))]
    public async Task A_start_that_fails_at_any_step_is_undone(string step)
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync("box", r => r with
        {
            User = step == "user" ? "nosuch" : "",
            HostConfig = r.HostConfig! with { NetworkMode = step == "network" ? "nosuch" : "bridge" },
        });
        if (step == "mount")
        {
            Directory.Delete(engine.Get<Berth.Engine.Snapshots.ISnapshotter>().WritableDirectory(id), recursive: true);
        }

        IReadOnlyList<string> before = engine.Leftovers();
        engine.Runtime.RefusePrepare = _ => step == "shim" ? new RuntimeFailureException("no shim") : null;
        engine.Runtime.RefuseStart = _ => step == "runtime" ? new RuntimeFailureException("no create") : null;
        using IDisposable hook = engine.Table.Get(id).OnPrepared(
            task => step == "hook" && task is not null ? throw new IOException("client left") : Task.CompletedTask);

        await Assert.ThrowsAsync<EngineException>(() => engine.Containers.StartAsync(id, None));

        await engine.NothingLeftButAsync(before);
        Assert.Equal((ContainerStatus.Created, 128), (engine.StateOf(id).Status, engine.StateOf(id).ExitCode));
        Assert.Null(engine.StateOf(id).Sandbox);
        Assert.NotEmpty(engine.StateOf(id).Error);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_start_that_fails_removes_what_goes_with_its_exit()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        engine.Runtime.RefuseStart = _ => new RuntimeFailureException("no", 126);

        await Assert.ThrowsAsync<EngineException>(() => engine.RunAsync("box", h => h with { AutoRemove = true }));

        Assert.Null(engine.Table.Find("box"));
        await engine.NothingLeftButAsync(before);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Who_attached_before_the_start_gets_the_first_byte_or_hears_that_there_will_be_none()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync();
        var calls = new List<string>();
        using IDisposable registered = engine.Table.Get(id).OnPrepared(task =>
        {
            calls.Add(task is { Pid: 0 } ? "prepared" : "other");
            return Task.CompletedTask;
        });
        using (engine.Table.Get(id).OnPrepared(_ => throw new InvalidOperationException("taken back")))
        {
        }

        await engine.Containers.StartAsync(id, None);
        Assert.Equal(["prepared"], calls);

        await engine.Containers.KillAsync(id, null, None);
        using IDisposable abandoned = engine.Table.Get(id).OnPrepared(task =>
        {
            calls.Add(task is null ? "none" : "other");
            return Task.CompletedTask;
        });
        await engine.Containers.RemoveAsync(id, force: false, volumes: false, link: false, None);
        Assert.Equal(["prepared", "none"], calls);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Names_are_taken_once_and_free_again_after_removal()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync("box");

        EngineException conflict = await Assert.ThrowsAsync<EngineException>(() => engine.CreateAsync("box"));
        Assert.Equal(ErrorKind.Conflict, conflict.Kind);
        Assert.Contains(id, conflict.Message, StringComparison.Ordinal);
        await engine.Containers.RemoveAsync(id, force: false, volumes: false, link: false, None);
        Assert.NotEqual(id, await engine.CreateAsync("box"));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_create_that_fails_leaves_nothing()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();

        await RefusedAsync(ErrorKind.NotFound, "No such image: nosuch:latest", () => engine.CreateAsync("box", r => r with { Image = "nosuch" }));
        await RefusedAsync(ErrorKind.InvalidParameter, "unknown or invalid runtime name: nosuch",
            () => engine.CreateAsync("box", r => r with { HostConfig = new HostConfig { Runtime = "nosuch" } }));
        await RefusedAsync(ErrorKind.InvalidParameter, "config cannot be empty in order to create a container",
            () => engine.CreateAsync("box", _ => new ContainerCreateRequest()));
        await RefusedAsync(ErrorKind.InvalidParameter, "No such container: nosuch",
            () => engine.CreateAsync("box", r => r with { HostConfig = new HostConfig { NetworkMode = "container:nosuch" } }));
        File.WriteAllText(Path.Combine(engine.Paths.Snapshots, "containers", "blocked"), "");
        await Assert.ThrowsAsync<EngineException>(() => engine.CreateAsync("box", r => r with { HostConfig = new HostConfig { Binds = ["relative:x:y:z"] } }));

        await engine.NothingLeftButAsync(before);
        Assert.Empty(engine.Table.All);
        await engine.CreateAsync("box");
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Anonymous_volumes_are_filled_from_the_image_and_go_with_the_container_that_was_to_take_them()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync("box", r => r with { Volumes = new Dictionary<string, EmptyObject> { ["/data"] = new() } });
        ContainerMount volume = Assert.Single(engine.Table.Get(id).Spec.Mounts);

        Assert.Equal("image's", File.ReadAllText(Path.Combine(volume.Source, "file")));
        Assert.Equal(Path.Combine(engine.Paths.Containers, id), Assert.Single(Directory.GetDirectories(engine.Paths.Containers)));
        await engine.Containers.RemoveAsync(id, force: false, volumes: true, link: false, None);
        Assert.False(Directory.Exists(volume.Source));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Stop_asks_then_kills()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();
        await engine.Containers.StopAsync(id, null, TimeSpan.FromSeconds(5), None);
        Assert.Equal([15], engine.Runtime[id].Signals);
        Assert.Equal((143, true), (engine.StateOf(id).ExitCode, engine.StateOf(id).ManuallyStopped));
        await RefusedAsync(ErrorKind.NotModified, "Container is already stopped", () => engine.Containers.StopAsync(id, null, null, None));

        await engine.Containers.StartAsync(id, None);
        engine.Runtime[id].IgnoredSignals.Add(1);
        Task stop = engine.Containers.StopAsync(id, "HUP", TimeSpan.FromSeconds(5), None);
        await TestEngine.EventuallyAsync(() => engine.Runtime[id].Signals.Count == 1);
        Assert.False(stop.IsCompleted);
        await AdvanceUntilAsync(engine, stop);

        Assert.Equal([1, 9], engine.Runtime[id].Signals);
        Assert.Equal(["create", "start", "kill", "die", "stop", "start", "kill", "kill", "die", "stop"], await engine.EventsAsync());
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Stop_takes_the_containers_own_signal_and_time()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync(null, r => r with { StopSignal = "SIGINT", StopTimeout = 0 });
        await engine.Containers.StartAsync(id, None);
        engine.Runtime[id].IgnoredSignals.Add(2);

        await engine.Containers.StopAsync(id, null, null, None);

        Assert.Equal([2, 9], engine.Runtime[id].Signals);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Stop_without_end_never_kills()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();
        engine.Runtime[id].IgnoredSignals.Add(15);
        Task stop = engine.Containers.StopAsync(id, null, Timeout.InfiniteTimeSpan, None);
        await TestEngine.EventuallyAsync(() => engine.Runtime[id].Signals.Count == 1);
        engine.Time.Advance(TimeSpan.FromDays(2));
        Assert.False(stop.IsCompleted);

        engine.Runtime[id].Exit(0);
        await stop;
        Assert.Equal([15], engine.Runtime[id].Signals);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Kill_waits_for_the_end_and_other_signals_do_not()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync("box");

        await engine.Containers.KillAsync(id, "USR1", None);
        Assert.Equal((ContainerStatus.Running, false), (engine.StateOf(id).Status, engine.StateOf(id).ManuallyStopped));
        await engine.Containers.KillAsync(id, null, None);
        Assert.Equal((ContainerStatus.Exited, 137, true), (engine.StateOf(id).Status, engine.StateOf(id).ExitCode, engine.StateOf(id).ManuallyStopped));

        await RefusedAsync(ErrorKind.Conflict, $"cannot kill container: box: container {id} is not running", () => engine.Containers.KillAsync("box", null, None));
        await RefusedAsync(ErrorKind.NotFound, "cannot kill container: nosuch: No such container: nosuch", () => engine.Containers.KillAsync("nosuch", null, None));
        await RefusedAsync(ErrorKind.InvalidParameter, "cannot kill container: box: invalid signal: FOO", () => engine.Containers.KillAsync("box", "FOO", None));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_frozen_container_thaws_to_take_its_end()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();
        await engine.Containers.PauseAsync(id, None);
        Assert.True(engine.Runtime[id].IsPaused);
        await RefusedAsync(ErrorKind.Conflict, $"Container {id} is already paused", () => engine.Containers.PauseAsync(id, None));
        await engine.Containers.UnpauseAsync(id, None);
        Assert.False(engine.Runtime[id].IsPaused);
        await engine.Containers.PauseAsync(id, None);

        await engine.Containers.StopAsync(id, null, null, None);

        Assert.False(engine.Runtime[id].IsPaused);
        Assert.Equal(ContainerStatus.Exited, engine.StateOf(id).Status);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_restart_policy_starts_again_after_its_wait_until_a_user_stops()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync(null, h => h with { RestartPolicy = new RestartPolicy { Name = "always" } });
        int firstPid = engine.StateOf(id).Pid;
        engine.Runtime[id].Exit(1);
        await TestEngine.EventuallyAsync(() => engine.StateOf(id).Status == ContainerStatus.Restarting);
        Assert.Equal((1, 0), (engine.StateOf(id).RestartCount, engine.StateOf(id).Pid));

        await AdvanceUntilAsync(engine, () => engine.StateOf(id).Status == ContainerStatus.Running);
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

        await AdvanceUntilAsync(engine, () => engine.StateOf(id).Status == ContainerStatus.Exited);

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

        await RefusedAsync(ErrorKind.Conflict, "cannot remove container \"/box\": container is restarting: stop the container before removing or force remove",
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

    [LinuxFact(TestEngine.Needs)]
    public async Task A_running_container_is_removed_by_force_only()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        await engine.RunAsync("box");

        await RefusedAsync(ErrorKind.Conflict, "cannot remove container \"/box\": container is running: stop the container before removing or force remove",
            () => engine.Containers.RemoveAsync("box", force: false, volumes: false, link: false, None));
        await engine.Containers.RemoveAsync("box", force: true, volumes: false, link: false, None);

        await engine.NothingLeftButAsync(before);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Requests_in_a_race_end_in_one_order_or_another_and_leave_nothing()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        for (int round = 0; round < 10; round++)
        {
            string id = await engine.CreateAsync("box");
            Task[] requests =
            [
                Tolerate(() => engine.Containers.StartAsync(id, None)),
                Tolerate(() => engine.Containers.StartAsync(id, None)),
                Tolerate(() => engine.Containers.StopAsync(id, null, TimeSpan.Zero, None)),
                Tolerate(() => engine.Containers.KillAsync(id, null, None)),
                Tolerate(() => engine.Containers.RemoveAsync(id, force: true, volumes: true, link: false, None)),
                Tolerate(() => engine.Containers.RemoveAsync(id, force: true, volumes: true, link: false, None)),
            ];
            await Task.WhenAll(requests).WaitAsync(TimeSpan.FromSeconds(30), None);
            await Tolerate(() => engine.Containers.RemoveAsync(id, force: true, volumes: true, link: false, None));

            Assert.Empty(engine.Table.All);
            await engine.NothingLeftButAsync(before);
        }
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Renaming_moves_the_name()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync("old", h => h with { NetworkMode = "bridge" });
        await engine.CreateAsync("other");

        await engine.Containers.RenameAsync("old", "new", None);
        Assert.Equal(("new", id), (engine.Table.Get(id).Name, engine.Table.Get("new").Id));
        Assert.Null(engine.Table.Find("old"));
        await RefusedAsync(ErrorKind.InvalidParameter, "Renaming a container with the same name as its current name", () => engine.Containers.RenameAsync("new", "/new", None));
        await RefusedAsync(ErrorKind.InvalidParameter,
            "Error when allocating new name: Invalid container name (/*), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", () => engine.Containers.RenameAsync("new", "*", None));
        EngineException conflict = await Assert.ThrowsAsync<EngineException>(() => engine.Containers.RenameAsync("new", "other", None));
        Assert.StartsWith("Error when allocating new name: Conflict. The container name \"/other\"", conflict.Message, StringComparison.Ordinal);
        Assert.Equal("new", engine.Table.Get(id).Name);
        await engine.CreateAsync("old");
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_shared_network_needs_a_running_owner()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string owner = await engine.CreateAsync("owner", r => r with { HostConfig = new HostConfig { NetworkMode = "bridge" } });
        string guest = await engine.CreateAsync("guest", r => r with { HostConfig = new HostConfig { NetworkMode = "container:owner" } });
        Assert.Equal($"container:{owner}", engine.Table.Get(guest).Spec.HostConfig.NetworkMode);

        await RefusedAsync(ErrorKind.Conflict, $"cannot join network of a non running container: {owner}", () => engine.Containers.StartAsync(guest, None));
        await engine.Containers.StartAsync(owner, None);
        await engine.Containers.StartAsync(guest, None);
        await engine.Containers.KillAsync(guest, null, None);

        Assert.NotNull(engine.StateOf(owner).Sandbox);
        Assert.True(File.Exists(engine.StateOf(owner).Sandbox!.NamespacePath));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Inspect_and_list_tell_the_same_story()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync("box", r => r with { HostConfig = new HostConfig() });
        ContainerInspect created = await engine.Containers.InspectAsync("box", size: false, None);
        Assert.Equal(("created", GoTime.Zero, "", "/box", "bridge"),
            (created.State!.Status, created.State.StartedAt, created.HostsPath, created.Name, created.HostConfig!.NetworkMode));
        Assert.Equal(["bridge"], created.NetworkSettings!.Networks!.Keys);
        Assert.Empty(created.NetworkSettings.Ports!);
        Assert.Equal(id[..12], created.Config!.Hostname);
        Assert.Equal(("sleep", "100"), (created.Path, Assert.Single(created.Args!)));

        await engine.Containers.StartAsync(id, None);
        ContainerInspect running = await engine.Containers.InspectAsync(id, size: true, None);
        ContainerSummary summary = Assert.Single(await engine.Containers.ListAsync(all: false, 0, size: false, Filters.None, None));
        Assert.Equal((true, engine.Runtime[id].Pid), (running.State!.Running, running.State.Pid));
        Assert.Equal(engine.Paths.HostsFile(id), running.HostsPath);
        Assert.NotEqual("", running.NetworkSettings!.IPAddress);
        Assert.Equal(running.NetworkSettings.Networks!["bridge"]!.IPAddress, summary.NetworkSettings!.Networks!["bridge"]!.IPAddress);
        Assert.Equal((id, TestEngine.Image, "sleep 100", "running", "Up Less than a second"),
            (summary.Id, summary.Image, summary.Command, summary.State, summary.Status));
        Assert.Equal(80, Assert.Single(summary.Ports!).PrivatePort);
        Assert.Equal(running.Image, summary.ImageID);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_list_is_newest_first_and_no_longer_than_asked()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        foreach (string name in new[] { "one", "two", "three" })
        {
            await engine.CreateAsync(name);
            engine.Time.Advance(TimeSpan.FromSeconds(1));
        }

        async Task<string> NamesAsync(bool all, int limit) => string.Join(' ',
            (await engine.Containers.ListAsync(all, limit, size: false, Filters.None, None)).Select(c => c.Names![0]));
        Assert.Equal("/three /two /one", await NamesAsync(all: true, 0));
        Assert.Equal("/three /two", await NamesAsync(all: false, 2));
        Assert.Equal("", await NamesAsync(all: false, 0));
    }

    private static async Task RefusedAsync(ErrorKind kind, string sentence, Func<Task> request)
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(request);
        Assert.Equal((kind, sentence), (refusal.Kind, refusal.Message));
    }

    private static async Task Tolerate(Func<Task> request)
    {
        try
        {
            await Task.Run(request);
        }
        catch (EngineException e) when (e.Kind is not ErrorKind.System)
        {
            // Which of the racers is refused is not the question.
        }
    }

    private static Task AdvanceUntilAsync(TestEngine engine, Task task) => AdvanceUntilAsync(engine, () => task.IsCompleted);

    private static async Task AdvanceUntilAsync(TestEngine engine, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            engine.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, limit.Token);
        }
    }
}
