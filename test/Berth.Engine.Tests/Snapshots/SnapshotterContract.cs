using Berth.Engine.Snapshots;
using Berth.Linux.Mounts;
using Berth.Oci;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Snapshots;

/// <summary>What every snapshotter promises.</summary>
public abstract class SnapshotterContract : IDisposable
{
    private readonly List<string> _mounts = [];

    protected ScratchDirectory Scratch { get; } = new();

    private protected abstract ISnapshotter Open();

    public void Dispose()
    {
        foreach (string mount in _mounts)
        {
            MountCalls.Unmount(mount, lazy: true);
        }

        Scratch.Dispose();
        GC.SuppressFinalize(this);
    }

    [LinuxFact(Needs.Root | Needs.Overlay)]
    public async Task A_container_sees_the_layers_piled_up()
    {
        ISnapshotter snapshotter = Open();
        Digest top = await PileAsync(snapshotter);
        snapshotter.CreateWritable("c1", top);
        string root = MountRoot(snapshotter, "c1");
        Assert.Equal("two", await File.ReadAllTextAsync(Path.Combine(root, "etc/changed")));
        Assert.Equal("one", await File.ReadAllTextAsync(Path.Combine(root, "etc/kept")));
        Assert.False(File.Exists(Path.Combine(root, "etc/deleted")));
        Assert.Equal(["new"], Directory.GetFiles(Path.Combine(root, "opaque")).Select(Path.GetFileName));
    }

    [LinuxFact(Needs.Root | Needs.Overlay)]
    public async Task What_a_container_writes_is_its_own_and_becomes_the_next_layer()
    {
        ISnapshotter snapshotter = Open();
        Digest top = await PileAsync(snapshotter);
        snapshotter.CreateWritable("c1", top);
        snapshotter.CreateWritable("c2", top);
        string root = MountRoot(snapshotter, "c1");
        await File.WriteAllTextAsync(Path.Combine(root, "etc/added"), "three");
        File.Delete(Path.Combine(root, "etc/kept"));
        Directory.Delete(Path.Combine(root, "opaque"), recursive: true);
        Directory.CreateDirectory(Path.Combine(root, "opaque"));
        Assert.True(File.Exists(Path.Combine(MountRoot(snapshotter, "c2"), "etc/kept")));

        var diff = new MemoryStream();
        snapshotter.WriteDiff("c1", diff);
        Digest committed = await AddAsync(snapshotter, top, diff.ToArray());
        snapshotter.CreateWritable("c3", committed);
        string next = MountRoot(snapshotter, "c3");
        Assert.Equal("three", await File.ReadAllTextAsync(Path.Combine(next, "etc/added")));
        Assert.False(File.Exists(Path.Combine(next, "etc/kept")));
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(next, "opaque")));
    }

    [LinuxFact(Needs.Root)]
    public async Task Layers_and_containers_outlive_the_snapshotter()
    {
        ISnapshotter before = Open();
        Digest top = await PileAsync(before);
        before.CreateWritable("c1", top);
        before.CreateWritable("nothing", null);
        await File.WriteAllTextAsync(Path.Combine(before.WritableDirectory("c1"), "mine"), "x");
        ISnapshotter after = Open();
        Assert.Equal(before.Layers().Order(), after.Layers().Order());
        Assert.Equal(["c1", "nothing"], after.Writables().Order());
        Assert.Equal(top, after.ParentOfWritable("c1"));
        Assert.Null(after.ParentOfWritable("nothing"));
        Assert.Equal(before.SizeOf(top), after.SizeOf(top));
        Assert.Equal(before.ParentOf(top), after.ParentOf(top));
        Assert.True(File.Exists(Path.Combine(after.WritableDirectory("c1"), "mine")));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_layer_that_was_not_committed_never_was()
    {
        ISnapshotter snapshotter = Open();
        await using (ILayerStaging staging = snapshotter.StageLayer(null))
        {
            new LayerBuilder().File("f", "x").ApplyTo(staging.Directory);
        }

        ILayerStaging leaked = snapshotter.StageLayer(null);
        new LayerBuilder().File("f", "x").ApplyTo(leaked.Directory);
        ISnapshotter restarted = Open();
        Assert.Empty(restarted.Layers());
        Assert.False(Directory.Exists(leaked.Directory));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_layer_that_somebody_stands_on_is_not_removed()
    {
        ISnapshotter snapshotter = Open();
        Digest top = await PileAsync(snapshotter);
        Digest bottom = snapshotter.ParentOf(top)!.Value;
        snapshotter.CreateWritable("c1", top);
        Assert.Throws<InvalidOperationException>(() => snapshotter.RemoveLayer(bottom));
        Assert.Throws<InvalidOperationException>(() => snapshotter.RemoveLayer(top));
        snapshotter.RemoveWritable("c1");
        snapshotter.RemoveLayer(top);
        snapshotter.RemoveLayer(bottom);
        snapshotter.RemoveLayer(bottom);
        Assert.Empty(snapshotter.Layers());
        Assert.Empty(Open().Layers());
    }

    [LinuxFact(Needs.Root)]
    public async Task The_same_layer_twice_is_kept_once()
    {
        ISnapshotter snapshotter = Open();
        byte[] layer = new LayerBuilder().File("f", "x").ToArray();
        Assert.Equal(await AddAsync(snapshotter, null, layer), await AddAsync(snapshotter, null, layer));
        Assert.Single(snapshotter.Layers());
    }

    [LinuxFact(Needs.Root)]
    public async Task A_layer_needs_those_below_it()
    {
        ISnapshotter snapshotter = Open();
        Digest missing = Digest.Of("missing"u8);
        await using ILayerStaging staging = snapshotter.StageLayer(missing);
        await Assert.ThrowsAsync<InvalidOperationException>(
            async () => await staging.CommitAsync(Digest.Of("on top"u8), AppliedLayer.Empty, CancellationToken.None));
        Assert.Throws<InvalidOperationException>(() => snapshotter.CreateWritable("c1", missing));
        Assert.Empty(snapshotter.Writables());
    }

    [LinuxFact(Needs.Root | Needs.Overlay)]
    public async Task Directories_that_a_layer_only_implies_keep_their_looks()
    {
        ISnapshotter snapshotter = Open();
        Digest bottom = await AddAsync(snapshotter, null, new LayerBuilder().Directory("./", "751", owner: 7).Directory("tmp/", "1777").ToArray());
        Digest top = await AddAsync(snapshotter, bottom, new LayerBuilder().File("tmp/x", "x").ToArray());
        snapshotter.CreateWritable("c1", top);
        string root = MountRoot(snapshotter, "c1");
        Linux.Files.FileStatus tmp = Linux.Files.FileCalls.StatusOf(Path.Combine(root, "tmp"))!.Value;
        Linux.Files.FileStatus whole = Linux.Files.FileCalls.StatusOf(root)!.Value;
        Assert.Equal(Convert.ToInt32("1777", 8), tmp.Permissions);
        Assert.Equal(7u, whole.Uid);
        // as Docker has it: whatever the image says
        Assert.Equal(Convert.ToInt32("755", 8), whole.Permissions);
    }

    [LinuxFact(Needs.Root | Needs.Overlay)]
    public void A_container_from_nothing_has_an_empty_root()
    {
        ISnapshotter snapshotter = Open();
        snapshotter.CreateWritable("c1", null);
        string root = MountRoot(snapshotter, "c1");
        Assert.Empty(Directory.GetFileSystemEntries(root));
        File.WriteAllText(Path.Combine(root, "f"), "x");
        var diff = new MemoryStream();
        snapshotter.WriteDiff("c1", diff);
        Assert.True(diff.Length > 1024);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_removed_container_leaves_nothing()
    {
        ISnapshotter snapshotter = Open();
        snapshotter.CreateWritable("c1", await PileAsync(snapshotter));
        string directory = snapshotter.WritableDirectory("c1");
        snapshotter.RemoveWritable("c1");
        snapshotter.RemoveWritable("c1");
        Assert.Empty(snapshotter.Writables());
        Assert.False(Directory.Exists(directory));
        Assert.Empty(Open().Writables());
    }

    private protected static async Task<Digest> AddAsync(ISnapshotter snapshotter, Digest? parent, byte[] layer)
    {
        await using ILayerStaging staging = snapshotter.StageLayer(parent);
        AppliedLayer applied = LayerApplier.Apply(new MemoryStream(layer), staging.Directory, WhiteoutStyle.Mark, CancellationToken.None);
        Digest chainId = ChainId.Extend(parent, Digest.Of(layer));
        await staging.CommitAsync(chainId, applied, CancellationToken.None);
        return chainId;
    }

    private protected string MountRoot(ISnapshotter snapshotter, string container)
    {
        string target = Directory.CreateDirectory(Scratch.File("mount-" + container)).FullName;
        MountCalls.Mount(snapshotter.RootMount(container), target);
        _mounts.Add(target);
        return target;
    }

    private static async Task<Digest> PileAsync(ISnapshotter snapshotter)
    {
        Digest bottom = await AddAsync(snapshotter, null, new LayerBuilder()
            .Directory("./").Directory("etc/").File("etc/kept", "one").File("etc/changed", "one").File("etc/deleted", "one")
            .Directory("opaque/").File("opaque/old", "one").ToArray());
        return await AddAsync(snapshotter, bottom, new LayerBuilder()
            .Directory("etc/").File("etc/changed", "two").File("etc/.wh.deleted")
            .Directory("opaque/").File("opaque/.wh..wh..opq").File("opaque/new", "two").ToArray());
    }
}
