using Berth.Engine.Containers;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerStopTests
{
    private static readonly CancellationToken None = CancellationToken.None;

    [LinuxFact(TestEngine.Needs)]
    public async Task Stop_asks_then_kills()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();
        await engine.Containers.StopAsync(id, null, TimeSpan.FromSeconds(5), None);
        Assert.Equal([15], engine.Runtime[id].Signals);
        Assert.Equal((143, true), (engine.StateOf(id).ExitCode, engine.StateOf(id).ManuallyStopped));
        await Refusal.AssertAsync(ErrorKind.NotModified, "Container is already stopped", () => engine.Containers.StopAsync(id, null, null, None));

        await engine.Containers.StartAsync(id, None);
        engine.Runtime[id].IgnoredSignals.Add(1);
        Task stop = engine.Containers.StopAsync(id, "HUP", TimeSpan.FromSeconds(5), None);
        await TestEngine.EventuallyAsync(() => engine.Runtime[id].Signals.Count == 1);
        Assert.False(stop.IsCompleted);
        await engine.AdvanceUntilAsync(() => stop.IsCompleted);

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

        await Refusal.AssertAsync(ErrorKind.Conflict, $"cannot kill container: box: container {id} is not running", () => engine.Containers.KillAsync("box", null, None));
        await Refusal.AssertAsync(ErrorKind.NotFound, "cannot kill container: nosuch: No such container: nosuch", () => engine.Containers.KillAsync("nosuch", null, None));
        await Refusal.AssertAsync(ErrorKind.InvalidParameter, "cannot kill container: box: invalid signal: FOO", () => engine.Containers.KillAsync("box", "FOO", None));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_frozen_container_thaws_to_take_its_end()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync();
        await engine.Containers.PauseAsync(id, None);
        Assert.True(engine.Runtime[id].IsPaused);
        await Refusal.AssertAsync(ErrorKind.Conflict, $"Container {id} is already paused", () => engine.Containers.PauseAsync(id, None));
        await engine.Containers.UnpauseAsync(id, None);
        Assert.False(engine.Runtime[id].IsPaused);
        await engine.Containers.PauseAsync(id, None);

        await engine.Containers.StopAsync(id, null, null, None);

        Assert.False(engine.Runtime[id].IsPaused);
        Assert.Equal(ContainerStatus.Exited, engine.StateOf(id).Status);
    }
}
