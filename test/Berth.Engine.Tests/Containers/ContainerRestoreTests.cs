using System.Globalization;
using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Runtime;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerRestoreTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [LinuxFact(TestEngine.Needs)]
    public async Task What_runs_is_taken_up_and_its_exit_seen()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync("box", h => h with { NetworkMode = "bridge" });
        string address = engine.StateOf(id).Sandbox!.Endpoints["bridge"].IPAddress;

        await engine.CrashAsync();
        await engine.BeginAsync();

        Assert.Equal((ContainerStatus.Running, engine.Runtime[id].Pid), (engine.StateOf(id).Status, engine.StateOf(id).Pid));
        Assert.Equal(address, engine.StateOf(id).Sandbox!.Endpoints["bridge"].IPAddress);
        Task<ContainerWait> exit = await engine.Containers.WaitAsync("box", "", None);
        engine.Runtime[id].Exit(4);
        Assert.Equal(4, (await exit).StatusCode);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task What_died_meanwhile_is_buried_with_its_recorded_exit()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync("box");
        await engine.CrashAsync();
        engine.Runtime[id].Exit(9);
        File.WriteAllText(
            new Bundle(new EnginePaths(engine.Options).Bundle(id)).ExitPath,
            string.Create(CultureInfo.InvariantCulture, $"42 {engine.Time.GetUtcNow().UtcTicks} 1\n"));

        await engine.BeginAsync();

        ContainerRunState state = engine.StateOf(id);
        Assert.Equal((ContainerStatus.Exited, 42, true, engine.Time.GetUtcNow()), (state.Status, state.ExitCode, state.OutOfMemory, state.FinishedAt));
        Assert.Equal(["oom", "die"], await engine.EventsAsync());
        await engine.Containers.StartAsync(id, None);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task An_end_that_nobody_saw_has_the_code_255()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();
        await engine.CrashAsync();
        engine.Runtime[id].Exit(9);

        await engine.BeginAsync();

        Assert.Equal((ContainerStatus.Exited, 255), (engine.StateOf(id).Status, engine.StateOf(id).ExitCode));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task What_goes_with_its_exit_goes_when_the_daemon_is_back()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        string id = await engine.RunAsync("box", h => h with { AutoRemove = true });
        await engine.CrashAsync();
        engine.Runtime[id].Exit(0);

        await engine.BeginAsync();

        Assert.Empty(engine.Table.All);
        await engine.NothingLeftButAsync(before);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Policies_start_what_they_are_to_start_when_the_daemon_starts()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string always = await engine.RunAsync("always", h => h with { RestartPolicy = new RestartPolicy { Name = "always" } });
        string unless = await engine.RunAsync("unless", h => h with { RestartPolicy = new RestartPolicy { Name = "unless-stopped" } });
        string crashed = await engine.RunAsync("crashed", h => h with { RestartPolicy = new RestartPolicy { Name = "unless-stopped" } });
        string plain = await engine.RunAsync("plain");
        string created = await engine.CreateAsync("created", r => r with { HostConfig = r.HostConfig! with { RestartPolicy = new RestartPolicy { Name = "always" } } });
        await engine.Containers.StopAsync(always, null, null, None);
        await engine.Containers.StopAsync(unless, null, null, None);
        await engine.CrashAsync();
        engine.Runtime[crashed].Exit(1);
        engine.Runtime[plain].Exit(1);

        await engine.BeginAsync();
        await TestEngine.EventuallyAsync(() => engine.StateOf(always).Status == ContainerStatus.Running && engine.StateOf(crashed).Status == ContainerStatus.Running);

        Assert.Equal(ContainerStatus.Exited, engine.StateOf(unless).Status);
        Assert.Equal(ContainerStatus.Exited, engine.StateOf(plain).Status);
        Assert.Equal(ContainerStatus.Created, engine.StateOf(created).Status);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_restart_that_was_due_is_made_by_the_next_daemon()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync(null, h => h with { RestartPolicy = new RestartPolicy { Name = "on-failure" } });
        engine.Runtime[id].Exit(1);
        await TestEngine.EventuallyAsync(() => engine.StateOf(id).Status == ContainerStatus.Restarting);
        await engine.CrashAsync();

        await engine.BeginAsync();

        await TestEngine.EventuallyAsync(() => engine.StateOf(id).Status == ContainerStatus.Running);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_start_that_was_never_acknowledged_is_taken_back()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync("box");
        ContainerRunState created = engine.StateOf(id);
        await engine.Containers.StartAsync(id, None);

        // As if the daemon had been killed before it saved that the container runs.
        engine.Table.Get(id).State = created;
        engine.Get<ContainerStore>().Save(engine.Table.Get(id));
        await engine.CrashAsync();
        await engine.BeginAsync();

        Assert.True(engine.Runtime[id].Exited.IsCompleted);
        Assert.Equal(ContainerStatus.Created, engine.StateOf(id).Status);
        Assert.False(Directory.Exists(engine.Paths.Bundle(id)));
        await engine.Containers.StartAsync(id, None);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task What_a_crash_left_of_a_create_or_a_removal_is_gone()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        string id = await engine.RunAsync("box");

        // As if the daemon had been killed between deleting the document and the files, with everything still mounted.
        engine.Get<ContainerStore>().Delete(engine.Table.Get(id));
        await engine.CrashAsync();
        await engine.BeginAsync();

        Assert.Empty(engine.Table.All);
        Assert.True(engine.Runtime[id].Exited.IsCompleted);
        await engine.NothingLeftButAsync(before);
        await engine.CreateAsync("box");
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_document_that_cannot_be_read_keeps_its_files_and_no_other_container()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync("broken");
        await engine.CreateAsync("whole");
        engine.Get<StateStore>().Write(Durability.ProcessCrash, new StateChange(StateTable.Containers, id, "not json"u8.ToArray()));
        await engine.CrashAsync();

        await engine.BeginAsync();

        Assert.Equal("whole", Assert.Single(engine.Table.All).Name);
        Assert.True(Directory.Exists(engine.Paths.Container(id)));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_new_daemon_knows_all_of_a_container()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync("box", r => r with
        {
            Env = ["B=2"],
            Cmd = ["sh", "-c", "x y"],
            Healthcheck = new HealthConfig { Test = ["CMD", "true"], Retries = 2 },
            HostConfig = r.HostConfig! with { Memory = 64 << 20, Binds = ["/etc:/mnt:ro"], Tmpfs = new Dictionary<string, string> { ["/t"] = "size=1m" } },
        });
        string before = System.Text.Json.JsonSerializer.Serialize(await engine.Containers.InspectAsync(id, size: false, None), Berth.Api.ApiJson.Default.ContainerInspect);

        await engine.CrashAsync();
        await engine.BeginAsync();

        string after = System.Text.Json.JsonSerializer.Serialize(await engine.Containers.InspectAsync(id, size: false, None), Berth.Api.ApiJson.Default.ContainerInspect);
        Assert.Equal(before, after);
    }
}
