using Berth.Api;
using Berth.Engine.Images;
using Berth.Oci;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Images;

public sealed class RemoveTests : IDisposable
{
    private readonly ImageHost _host = new();

    private static byte[] Root { get; } = new LayerBuilder().File("f", "x").ToArray();

    public void Dispose() => _host.Dispose();

    [LinuxFact(Needs.Root)]
    public async Task The_last_name_takes_the_image_and_all_its_content_with_it()
    {
        string id = await _host.ImportAsync(Root, "app", "1");
        await _host.Images.TagAsync("app:1", "app", "2", CancellationToken.None);
        Assert.Equal(["-app:1"], await RemoveAsync("app:1"));
        Assert.Equal(["-app:2", $"!{id}"], await RemoveAsync("app:2"));
        Assert.Empty(_host.ContentFiles());
        Assert.Empty(_host.Snapshotter.Layers());
        Assert.Empty(await _host.Images.ListAsync(true, false, false, Filters.None, CancellationToken.None));
        Assert.Equal(ErrorKind.NotFound, (await Assert.ThrowsAsync<EngineException>(() => RemoveAsync("app:2"))).Kind);
    }

    [LinuxFact(Needs.Root)]
    public async Task An_ID_takes_the_only_name_but_does_not_choose_among_several()
    {
        string id = await _host.ImportAsync(Root, "app", "1");
        await _host.Images.TagAsync("app:1", "other", "2", CancellationToken.None);
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => RemoveAsync(id[7..19]));
        Assert.Equal((ErrorKind.Conflict, $"conflict: unable to delete {id[7..19]} (must be forced) - image is referenced in multiple repositories"), (e.Kind, e.Message));
        Assert.Equal(["-app:1", "-other:2", $"!{id}"], await RemoveAsync(id, force: true));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_stopped_container_is_in_the_way_until_it_is_forced()
    {
        string id = await _host.ImportAsync(Root, "app", "1");
        string container = new('c', 64);
        _host.Images.ContainersOf = image => image.ToString() == id ? [(container, false)] : [];
        Assert.Equal(
            $"conflict: unable to remove repository reference \"app:1\" (must force) - container cccccccccccc is using its referenced image {id[7..19]}",
            (await Assert.ThrowsAsync<EngineException>(() => RemoveAsync("app:1"))).Message);
        Assert.Equal(
            $"conflict: unable to delete {id[7..19]} (must be forced) - image is being used by stopped container cccccccccccc",
            (await Assert.ThrowsAsync<EngineException>(() => RemoveAsync(id))).Message);
        Assert.Equal(["-app:1", $"!{id}"], await RemoveAsync("app:1", force: true));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_running_container_keeps_its_image_whatever_is_forced()
    {
        string id = await _host.ImportAsync(Root, "app", "1");
        _host.Images.ContainersOf = _ => [(new string('c', 64), true)];
        Assert.Equal(
            $"conflict: unable to delete {id[7..19]} (cannot be forced) - image is being used by running container cccccccccccc",
            (await Assert.ThrowsAsync<EngineException>(() => RemoveAsync(id, force: true))).Message);
        Assert.Equal(["-app:1"], await RemoveAsync("app:1", force: true));
        Assert.Equal(id, (await _host.Images.ResolveAsync(id, null, CancellationToken.None)).Id.ToString());
    }

    [LinuxFact(Needs.Root)]
    public async Task A_containers_layers_stay_when_its_image_is_forced_away()
    {
        string id = await _host.ImportAsync(Root, "app", "1");
        ResolvedImage image = await _host.Images.ResolveAsync(id, null, CancellationToken.None);
        _host.Snapshotter.CreateWritable("c1", image.TopChainId);
        await RemoveAsync(id, force: true);
        Assert.True(_host.Snapshotter.HasLayer(image.TopChainId!.Value));
        Assert.Empty(_host.ContentFiles());
        _host.Reopen();
        Assert.True(_host.Snapshotter.HasLayer(image.TopChainId.Value));
        _host.Snapshotter.RemoveWritable("c1");
        _host.Reopen();
        Assert.Empty(_host.Snapshotter.Layers());
    }

    [LinuxFact(Needs.Root)]
    public async Task Layers_that_another_image_has_stay()
    {
        await _host.ImportAsync(Root, "one", null, "CMD one");
        string two = await _host.ImportAsync(Root, "two", null, "CMD two");
        await RemoveAsync("one");
        ResolvedImage image = await _host.Images.ResolveAsync(two, null, CancellationToken.None);
        Assert.True(_host.Snapshotter.HasLayer(image.TopChainId!.Value));
        Assert.Equal(3, _host.ContentFiles().Count());
    }

    [LinuxFact(Needs.Root)]
    public async Task What_a_crash_left_is_collected_at_start_and_what_is_held_is_not()
    {
        await _host.ImportAsync(Root, "app");
        Digest orphan = await Oci.Content.ContentStoreReading.WriteAsync(_host.Content, "orphan"u8.ToArray(), CancellationToken.None);
        await File.WriteAllTextAsync(Path.Combine(_host.Paths.Content, "ingest", "99"), "half");
        _host.Reopen();
        Assert.Null(_host.Content.SizeOf(orphan));
        Assert.Equal(3, _host.ContentFiles().Count());

        Digest held = await Oci.Content.ContentStoreReading.WriteAsync(_host.Content, "held"u8.ToArray(), CancellationToken.None);
        _host.Images.Collector.AddHolder(() => ([held], []));
        using (_host.Images.Collector.Lease())
        {
            Digest inWork = await Oci.Content.ContentStoreReading.WriteAsync(_host.Content, "in work"u8.ToArray(), CancellationToken.None);
            _host.Images.Collector.Collect(CancellationToken.None);
            Assert.NotNull(_host.Content.SizeOf(inWork));
        }

        Assert.NotNull(_host.Content.SizeOf(held));
        Assert.Equal(4, _host.ContentFiles().Count());
    }

    private async Task<List<string>> RemoveAsync(string name, bool force = false) =>
        [.. (await _host.Images.RemoveAsync(name, force, true, CancellationToken.None)).Select(i => i.Untagged is { } untagged ? "-" + untagged : "!" + i.Deleted)];
}
