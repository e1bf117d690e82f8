using Berth.Engine.Snapshots;
using Berth.Linux.Mounts;
using Berth.Oci;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Snapshots;

public sealed class OverlaySnapshotterTests : SnapshotterContract
{
    private protected override ISnapshotter Open() => new OverlaySnapshotter(Scratch.File("snapshots"));

    [LinuxFact(Needs.Root | Needs.Overlay)]
    public async Task Hundreds_of_layers_are_mounted()
    {
        ISnapshotter snapshotter = Open();
        Digest? top = null;
        for (int i = 0; i < 200; i++)
        {
            top = await AddAsync(snapshotter, top, new LayerBuilder().File($"f{i}", "x").ToArray());
        }

        snapshotter.CreateWritable("c1", top);
        Assert.Equal(200, Directory.GetFiles(MountRoot(snapshotter, "c1")).Length);
    }

    [LinuxFact(Needs.Root)]
    public void A_container_that_was_only_half_made_is_removed_at_start()
    {
        Open().CreateWritable("whole", null);
        Directory.CreateDirectory(Scratch.File("snapshots/containers/half/fs"));
        Assert.Equal(["whole"], Open().Writables());
        Assert.False(Directory.Exists(Scratch.File("snapshots/containers/half")));
    }

    [LinuxFact(Needs.Root)]
    public async Task What_was_being_removed_is_gone_after_a_restart()
    {
        ISnapshotter snapshotter = Open();
        Directory.CreateDirectory(Scratch.File("snapshots/trash/5/fs/deep"));
        await File.WriteAllTextAsync(Scratch.File("snapshots/trash/5/fs/deep/f"), "x");
        Open();
        Assert.Empty(Directory.GetFileSystemEntries(Scratch.File("snapshots/trash")));
    }

    [LinuxFact(Needs.Root)]
    public void A_mount_forgotten_in_what_is_removed_is_not_emptied()
    {
        string precious = Directory.CreateDirectory(Scratch.File("precious")).FullName;
        File.WriteAllText(Path.Combine(precious, "data"), "x");
        ISnapshotter snapshotter = Open();
        snapshotter.CreateWritable("c1", null);
        string inside = Directory.CreateDirectory(Path.Combine(snapshotter.WritableDirectory("c1"), "mnt")).FullName;
        MountCalls.Mount(new Mount("bind", precious, ["bind"]), inside);
        try
        {
            Assert.ThrowsAny<Exception>(() => snapshotter.RemoveWritable("c1"));
        }
        finally
        {
            foreach (MountInfo mount in MountInfo.Read().Where(m => m.MountPoint.StartsWith(Scratch.Path, StringComparison.Ordinal)))
            {
                MountCalls.Unmount(mount.MountPoint, lazy: true);
            }
        }

        Assert.Equal("x", File.ReadAllText(Path.Combine(precious, "data")));
    }
}
