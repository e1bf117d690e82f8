using Berth.Api.Containers;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerExitTests
{
    private static readonly CancellationToken None = CancellationToken.None;

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
}
