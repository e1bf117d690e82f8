using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public class ContainerCreateTests
{
    private static readonly CancellationToken None = CancellationToken.None;

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

        await Refusal.AssertAsync(ErrorKind.NotFound, "No such image: nosuch:latest", () => engine.CreateAsync("box", r => r with { Image = "nosuch" }));
        await Refusal.AssertAsync(ErrorKind.InvalidParameter, "unknown or invalid runtime name: nosuch",
            () => engine.CreateAsync("box", r => r with { HostConfig = new HostConfig { Runtime = "nosuch" } }));
        await Refusal.AssertAsync(ErrorKind.InvalidParameter, "config cannot be empty in order to create a container",
            () => engine.CreateAsync("box", _ => new ContainerCreateRequest()));
        await Refusal.AssertAsync(ErrorKind.InvalidParameter, "No such container: nosuch",
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
    public async Task Renaming_moves_the_name()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        string id = await engine.RunAsync("old", h => h with { NetworkMode = "bridge" });
        await engine.CreateAsync("other");

        await engine.Containers.RenameAsync("old", "new", None);
        Assert.Equal(("new", id), (engine.Table.Get(id).Name, engine.Table.Get("new").Id));
        Assert.Null(engine.Table.Find("old"));
        await Refusal.AssertAsync(ErrorKind.InvalidParameter, "Renaming a container with the same name as its current name", () => engine.Containers.RenameAsync("new", "/new", None));
        await Refusal.AssertAsync(ErrorKind.InvalidParameter,
            "Error when allocating new name: Invalid container name (/*), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed", () => engine.Containers.RenameAsync("new", "*", None));
        EngineException conflict = await Assert.ThrowsAsync<EngineException>(() => engine.Containers.RenameAsync("new", "other", None));
        Assert.StartsWith("Error when allocating new name: Conflict. The container name \"/other\"", conflict.Message, StringComparison.Ordinal);
        Assert.Equal("new", engine.Table.Get(id).Name);
        await engine.CreateAsync("old");
    }
}
