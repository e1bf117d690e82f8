using Berth.Engine.Snapshots;
using Berth.Oci;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Snapshots;

public sealed class CopySnapshotterTests : SnapshotterContract
{
    private protected override ISnapshotter Open() => new CopySnapshotter(Scratch.File("snapshots"));

    [LinuxFact(Needs.Root)]
    public async Task What_was_not_changed_is_not_in_the_diff()
    {
        ISnapshotter snapshotter = Open();
        Digest top = await AddAsync(snapshotter, null, new LayerBuilder()
            .Directory("./").Directory("a/").File("a/same", "x").File("a/other", "x").SymbolicLink("a/link", "same").File("touched", "x").ToArray());
        snapshotter.CreateWritable("c1", top);
        string root = snapshotter.WritableDirectory("c1");
        await File.WriteAllTextAsync(Path.Combine(root, "touched"), "y");
        await File.WriteAllTextAsync(Path.Combine(root, "a/new"), "z");
        File.Delete(Path.Combine(root, "a/other"));
        Assert.Equal(["a/", "a/.wh.other", "a/new", "touched"], Names(snapshotter, "c1").Order(StringComparer.Ordinal));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_container_without_changes_has_an_empty_diff()
    {
        ISnapshotter snapshotter = Open();
        Digest top = await AddAsync(snapshotter, null, new LayerBuilder().Directory("./").Directory("a/", "1777", 5).File("a/f", "x", "4755", 7).ToArray());
        snapshotter.CreateWritable("c1", top);
        Assert.Empty(Names(snapshotter, "c1"));
    }

    private static List<string> Names(ISnapshotter snapshotter, string container)
    {
        var diff = new MemoryStream();
        snapshotter.WriteDiff(container, diff);
        diff.Position = 0;
        var reader = new Oci.Layers.LayerReader(diff);
        var names = new List<string>();
        while (reader.Next() is { } entry)
        {
            names.Add(entry.NameText);
        }

        return names;
    }
}
