using Berth.Api;
using Berth.Api.Containers;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerListTests
{
    private static readonly CancellationToken None = CancellationToken.None;

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
}
