using Berth.Api.Containers;
using Berth.Engine.Containers;
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
    public async Task A_running_container_is_removed_by_force_only()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        IReadOnlyList<string> before = engine.Leftovers();
        await engine.RunAsync("box");

        await Refusal.AssertAsync(ErrorKind.Conflict, "cannot remove container \"/box\": container is running: stop the container before removing or force remove",
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
}
