using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Runtime;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerStartTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [LinuxFact(TestEngine.Needs)]
    public async Task Start_of_a_running_container_answers_not_modified()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();

        await Refusal.AssertAsync(ErrorKind.NotModified, "Container is already started", () => engine.Containers.StartAsync(id, None));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_start_that_the_runtime_refuses_leaves_the_reason_and_nothing_else()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.CreateAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        engine.Runtime.RefuseStart = _ => new RuntimeFailureException("exec: \"nosuch\": executable file not found in $PATH", 127);

        const string sentence = "failed to create task for container: exec: \"nosuch\": executable file not found in $PATH";
        await Refusal.AssertAsync(ErrorKind.InvalidParameter, sentence, () => engine.Containers.StartAsync(id, None));

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

    [LinuxTheory(TestEngine.Needs)]
    [InlineData(null, true)]
    [InlineData(true, true)]
    [InlineData(false, false)]
    public async Task The_operators_init_is_for_containers_that_do_not_say(bool? said, bool expected)
    {
        await using TestEngine engine = await TestEngine.StartAsync(options => options with { Init = true, InitPath = "/bin/true" });
        string id = await engine.RunAsync(null, host => host with { Init = said });

        string spec = await File.ReadAllTextAsync(Path.Combine(engine.Paths.Bundle(id), "config.json"), None);

        Assert.Equal(expected, spec.Contains("\"/sbin/docker-init\",\"--\"", StringComparison.Ordinal));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_shared_network_needs_a_running_owner()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string owner = await engine.CreateAsync("owner", r => r with { HostConfig = new HostConfig { NetworkMode = "bridge" } });
        string guest = await engine.CreateAsync("guest", r => r with { HostConfig = new HostConfig { NetworkMode = "container:owner" } });
        Assert.Equal($"container:{owner}", engine.Table.Get(guest).Spec.HostConfig.NetworkMode);

        await Refusal.AssertAsync(ErrorKind.Conflict, $"cannot join network of a non running container: {owner}", () => engine.Containers.StartAsync(guest, None));
        await engine.Containers.StartAsync(owner, None);
        await engine.Containers.StartAsync(guest, None);
        await engine.Containers.KillAsync(guest, null, None);

        Assert.NotNull(engine.StateOf(owner).Sandbox);
        Assert.True(File.Exists(engine.StateOf(owner).Sandbox!.NamespacePath));
    }
}
