using System.Text.Json;
using Berth.Api;
using Berth.Api.Events;
using Berth.Api.Images;
using Berth.Engine.Images;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Images;

public sealed class ImportTests : IDisposable
{
    private readonly ImageHost _host = new();

    private static byte[] Root { get; } = new LayerBuilder().Directory("./").Directory("bin/").File("bin/sh", "shell", "755").ToArray();

    public void Dispose() => _host.Dispose();

    [LinuxFact(Needs.Root)]
    public async Task An_archive_becomes_an_image_of_one_plain_layer()
    {
        string id = await _host.ImportAsync(Root, "base", "1", "CMD [\"sh\"]", "ENV A=b");
        ResolvedImage image = await _host.Images.ResolveAsync("base:1", null, CancellationToken.None);
        Assert.Equal(id, image.Id.ToString());
        Assert.Equal(["sh"], image.Config.Config?.Cmd);
        Assert.Equal(["A=b"], image.Config.Config?.Env);
        Assert.Equal([Digest.Of(Root)], image.Config.RootFs.DiffIds);
        ImageManifest manifest = _host.Content.ReadDocument(image.Manifest.Digest, OciJson.Default.ImageManifest);
        Assert.Equal((MediaTypes.OciLayer, Digest.Of(Root)), (manifest.Layers[0].MediaType, manifest.Layers[0].Digest));
        Assert.True(_host.Snapshotter.HasLayer(Digest.Of(Root)));
        Assert.Equal("Imported from -", Assert.Single(image.Config.History!).Comment);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_compressed_archive_is_the_same_image_inside()
    {
        await _host.ImportAsync(TestImages.Gzip(Root), "packed");
        Assert.Equal([Digest.Of(Root)], (await _host.Images.ResolveAsync("packed", null, CancellationToken.None)).Config.RootFs.DiffIds);
    }

    [LinuxFact(Needs.Root)]
    public async Task What_is_no_archive_is_refused_and_leaves_nothing()
    {
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.ImportAsync([.. Enumerable.Repeat((byte)7, 3000)], "base"));
        Assert.Equal((ErrorKind.InvalidParameter, "failed to register layer: archive/tar: invalid tar header"), (e.Kind, e.Message));
        await Assert.ThrowsAsync<EngineException>(() => _host.ImportAsync(Root[..700], "base"));
        Assert.Empty(_host.ContentFiles());
        Assert.Empty(_host.Snapshotter.Layers());
    }

    [LinuxFact(Needs.Root)]
    public async Task A_bad_change_is_refused_before_anything_is_read()
    {
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.ImportAsync(Root, "base", null, "RUN rm -rf /"));
        Assert.Equal((ErrorKind.InvalidParameter, "run is not a valid change command"), (e.Kind, e.Message));
        Assert.Empty(_host.ContentFiles());
    }

    [LinuxFact(Needs.Root)]
    public async Task Inspect_tells_all_of_an_image()
    {
        string id = await _host.ImportAsync(Root, "base", "1", "LABEL a=b", "EXPOSE 80", "USER 7", "WORKDIR /w");
        await _host.Images.TagAsync("base:1", "other/name", null, CancellationToken.None);
        ImageInspect image = await _host.Images.InspectAsync(id, null, false, CancellationToken.None);
        Assert.Equal(id, image.Id);
        Assert.Equal(["base:1", "other/name:latest"], image.RepoTags);
        Assert.Empty(image.RepoDigests!);
        Assert.Equal(id, image.Descriptor?.Digest);
        Assert.Equal((Platform.Host.Os, Platform.Host.Architecture), (image.Os, image.Architecture));
        Assert.Equal("b", image.Config?.Labels?["a"]);
        Assert.Equal(["80/tcp"], image.Config?.ExposedPorts?.Keys);
        Assert.Equal(("7", "/w"), (image.Config?.User, image.Config?.WorkingDir));
        Assert.Equal([Digest.Of(Root).ToString()], image.RootFS?.Layers);
        Assert.Equal("overlayfs", image.GraphDriver?.Name);
        Assert.True(image.Size > Root.Length);
        string json = JsonSerializer.Serialize(image, ApiJson.Default.ImageInspect);
        Assert.DoesNotContain("\"Volumes\"", json, StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Root)]
    public async Task History_is_newest_first_with_sizes_of_layers()
    {
        string id = await _host.ImportAsync(Root, "base", "1");
        ImageHistoryItem item = Assert.Single(await _host.Images.HistoryAsync("base:1", null, CancellationToken.None));
        Assert.Equal((id, 5L, "Imported from -"), (item.Id, item.Size, item.Comment));
        Assert.Equal(["base:1"], item.Tags);
    }

    [LinuxFact(Needs.Root)]
    public async Task What_is_not_here_is_told_in_dockerds_words()
    {
        foreach ((string name, string shown) in (ReadOnlySpan<(string, string)>)[
            ("postgres:15-alpine", "postgres:15-alpine"), ("postgres", "postgres:latest"), ("docker.io/library/postgres", "postgres:latest"),
            ("0123456789ab", "0123456789ab"), ("sha256:" + new string('0', 64), "sha256:" + new string('0', 64))])
        {
            EngineException e = Assert.Throws<EngineException>(() => _host.Images.ResolveAsync(name, null, CancellationToken.None).GetAwaiter().GetResult());
            Assert.Equal((ErrorKind.NotFound, $"No such image: {shown}"), (e.Kind, e.Message));
        }

        Assert.Equal(ErrorKind.InvalidParameter,
            (await Assert.ThrowsAsync<EngineException>(() => _host.Images.ResolveAsync("not a name", null, CancellationToken.None))).Kind);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_prefix_of_several_images_is_ambiguous()
    {
        for (int i = 0; i < 20; i++)
        {
            await _host.ImportAsync(new LayerBuilder().File($"f{i}", "x").ToArray(), null);
        }

        string shared = (await _host.Images.ListAsync(false, false, false, Filters.None, CancellationToken.None)).GroupBy(i => i.Id[7]).First(g => g.Count() > 1).Key.ToString();
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.Images.ResolveAsync(shared, null, CancellationToken.None));
        Assert.Equal($"multiple IDs found with provided prefix: {shared}", e.Message);
    }

    [LinuxFact(Needs.Root)]
    public async Task Lists_are_filtered_as_dockerd_does()
    {
        await _host.ImportAsync(Root, "one", "a", "LABEL kind=x");
        await _host.ImportAsync(new LayerBuilder().File("two").ToArray(), "team/two", "b");
        await _host.ImportAsync(new LayerBuilder().File("three").ToArray(), null);
        Assert.Equal(["one:a"], await NamesAsync("""{"label":["kind=x"]}"""));
        Assert.Equal(["one:a"], await NamesAsync("""{"reference":["on*"]}"""));
        Assert.Equal(["team/two:b"], await NamesAsync("""{"reference":["*/two:b"]}"""));
        Assert.Equal([], await NamesAsync("""{"reference":["two"]}"""));
        Assert.Equal(["<none>"], await NamesAsync("""{"dangling":["true"]}"""));
        Assert.Equal(["team/two:b", "one:a"], await NamesAsync("""{"dangling":["false"]}"""));
        Assert.Equal(["one:a"], await NamesAsync("""{"before":["team/two:b"]}"""));
        Assert.Equal(["<none>"], await NamesAsync("""{"since":["team/two:b"]}"""));
        Assert.Equal([], await NamesAsync("""{"until":["24h"]}"""));
        Assert.Equal(ErrorKind.InvalidParameter, (await Assert.ThrowsAsync<EngineException>(() => NamesAsync("""{"nonsense":["x"]}"""))).Kind);
        Assert.Equal(ErrorKind.InvalidParameter, (await Assert.ThrowsAsync<EngineException>(() => NamesAsync("""{"dangling":["maybe"]}"""))).Kind);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_name_changes_hands_when_another_image_takes_it()
    {
        string first = await _host.ImportAsync(Root, "app", "1");
        string second = await _host.ImportAsync(new LayerBuilder().File("x").ToArray(), "app", "1");
        Assert.Equal(second, (await _host.Images.ResolveAsync("app:1", null, CancellationToken.None)).Id.ToString());
        Assert.Equal(first, (await _host.Images.ResolveAsync(first, null, CancellationToken.None)).Id.ToString());
    }

    [LinuxTheory(Needs.Root)]
    [InlineData("UPPER", null, "invalid reference format: repository name (library/UPPER) must be lowercase")]
    [InlineData("a", "b c", "invalid reference format")]
    [InlineData("", "x", "invalid reference format")]
    public async Task A_tag_that_is_no_name_is_refused(string repository, string? tag, string sentence)
    {
        await _host.ImportAsync(Root, "base");
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.Images.TagAsync("base", repository, tag, CancellationToken.None));
        Assert.Equal((ErrorKind.InvalidParameter, sentence), (e.Kind, e.Message));
    }

    [LinuxFact(Needs.Root)]
    public async Task Images_and_names_are_told_of_as_events()
    {
        string id = await _host.ImportAsync(Root, "base", "1", "LABEL a=b");
        await _host.Images.TagAsync("base:1", "other", "2", CancellationToken.None);
        await _host.Images.RemoveAsync("other:2", false, true, CancellationToken.None);
        await _host.Images.RemoveAsync(id, false, true, CancellationToken.None);
        List<EventMessage> events = await _host.PastEventsAsync();
        Assert.Equal(["import", "tag", "untag", "untag", "delete"], events.Select(e => e.Action));
        Assert.All(events, e => Assert.Equal(("image", id, "b"), (e.Type, e.Actor?.ID, e.Actor?.Attributes?["a"])));
        Assert.Equal([id, "other:2", id, id, id], events.Select(e => e.Actor?.Attributes?["name"]));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_containers_changes_become_an_image_on_top_of_its_own()
    {
        string parent = await _host.ImportAsync(Root, "base", "1");
        ResolvedImage image = await _host.Images.ResolveAsync(parent, null, CancellationToken.None);
        _host.Snapshotter.CreateWritable("c1", image.TopChainId);
        await File.WriteAllTextAsync(Path.Combine(_host.Snapshotter.WritableDirectory("c1"), "made"), "by hand");
        string id = await _host.Images.CommitAsync(Request("c1", image.Id) with { Repository = "made", Tag = "2", Comment = "why", Author = "who" }, CancellationToken.None);
        ResolvedImage committed = await _host.Images.ResolveAsync("made:2", null, CancellationToken.None);
        Assert.Equal(id, committed.Id.ToString());
        Assert.Equal(2, committed.ChainIds.Count);
        Assert.Equal(image.TopChainId, committed.ChainIds[0]);
        Assert.All(committed.ChainIds, c => Assert.True(_host.Snapshotter.HasLayer(c)));
        HistoryEntry entry = committed.Config.History![^1];
        Assert.Equal(("sh -c make", "why", "who", false), (entry.CreatedBy, entry.Comment, entry.Author, entry.EmptyLayer));
        Assert.Equal(7, _host.Snapshotter.SizeOf(committed.TopChainId!.Value));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_commit_without_changes_adds_no_layer()
    {
        string parent = await _host.ImportAsync(Root, "base", "1");
        ResolvedImage image = await _host.Images.ResolveAsync(parent, null, CancellationToken.None);
        _host.Snapshotter.CreateWritable("c1", image.TopChainId);
        string id = await _host.Images.CommitAsync(Request("c1", image.Id), CancellationToken.None);
        ResolvedImage committed = await _host.Images.ResolveAsync(id, null, CancellationToken.None);
        Assert.Equal(image.ChainIds, committed.ChainIds);
        Assert.True(committed.Config.History![^1].EmptyLayer);
    }

    private static CommitRequest Request(string container, Digest parent) => new()
    {
        ContainerId = container,
        ParentImageId = parent,
        Config = new Berth.Api.Containers.ContainerConfig { Cmd = ["sh"] },
        CreatedBy = "sh -c make",
    };

    private async Task<List<string>> NamesAsync(string filters) =>
        [.. (await _host.Images.ListAsync(false, false, false, Filters.Parse(filters), CancellationToken.None))
            .Select(i => i.RepoTags is { Count: > 0 } tags ? tags[0] : "<none>")];
}
