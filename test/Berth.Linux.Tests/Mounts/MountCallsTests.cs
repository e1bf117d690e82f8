using Berth.Linux.Mounts;
using Berth.TestHost;

namespace Berth.Linux.Tests.Mounts;

public sealed class MountCallsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose()
    {
        foreach (MountInfo mount in MountInfo.Read().Where(m => m.MountPoint.StartsWith(_scratch.Path + "/", StringComparison.Ordinal)).Reverse())
        {
            MountCalls.Unmount(mount.MountPoint, lazy: true);
        }

        _scratch.Dispose();
    }

    [LinuxFact(Needs.Root)]
    public void A_tmpfs_is_mounted_and_taken_off()
    {
        string target = Make("target");
        MountCalls.Mount(new Mount("tmpfs", "tmpfs", ["size=1m", "nosuid", "mode=700"]), target);
        Assert.True(MountCalls.IsMountPoint(target));
        MountInfo mount = Assert.Single(MountInfo.Read(), m => m.MountPoint == target);
        Assert.Equal("tmpfs", mount.FileSystemType);
        Assert.Contains("nosuid", mount.Options);
        Assert.Contains("size=1024k", mount.SuperOptions);
        MountCalls.Unmount(target, lazy: false);
        Assert.False(MountCalls.IsMountPoint(target));
        MountCalls.Unmount(target, lazy: false);
    }

    [LinuxFact(Needs.Root)]
    public void A_read_only_bind_is_read_only()
    {
        string source = Make("source"), target = Make("target");
        File.WriteAllText(Path.Combine(source, "f"), "x");
        MountCalls.Mount(new Mount("bind", source, ["rbind", "ro", "nodev", "rprivate"]), target);
        Assert.Equal("x", File.ReadAllText(Path.Combine(target, "f")));
        Assert.Throws<IOException>(() => File.WriteAllText(Path.Combine(target, "g"), "x"));
        File.WriteAllText(Path.Combine(source, "g"), "x");
        MountInfo mount = Assert.Single(MountInfo.Read(), m => m.MountPoint == target);
        Assert.Contains("nodev", mount.Options);
        Assert.Empty(mount.Propagation);
    }

    [LinuxFact(Needs.Root)]
    public void A_bind_forbids_what_its_source_forbids()
    {
        string source = Make("source"), target = Make("target");
        MountCalls.Mount(new Mount("tmpfs", "tmpfs", ["noexec", "nosuid"]), source);
        MountCalls.Mount(new Mount("bind", source, ["bind", "ro"]), target);
        MountInfo mount = Assert.Single(MountInfo.Read(), m => m.MountPoint == target);
        Assert.Contains("noexec", mount.Options);
        Assert.Contains("nosuid", mount.Options);
        Assert.Contains("ro", mount.Options);
    }

    [LinuxFact(Needs.Root)]
    public void A_shared_mount_is_shared()
    {
        string target = Make("target");
        MountCalls.Mount(new Mount("tmpfs", "tmpfs", ["shared"]), target);
        Assert.Contains(Assert.Single(MountInfo.Read(), m => m.MountPoint == target).Propagation, p => p.StartsWith("shared:", StringComparison.Ordinal));
    }

    [LinuxTheory(Needs.Root | Needs.Overlay)]
    [InlineData(1, 10)]
    [InlineData(3, 250)]
    [InlineData(300, 10)]
    public void An_overlay_takes_many_layers_and_long_paths(int count, int nameLength)
    {
        string directory = Make(new string('p', nameLength));
        string[] layers = [.. Enumerable.Range(0, count).Select(i =>
        {
            string layer = Directory.CreateDirectory(Path.Combine(directory, $"layer{i}:with\\signs")).FullName;
            File.WriteAllText(Path.Combine(layer, $"f{i}"), "x");
            return layer;
        })];
        string upper = Directory.CreateDirectory(Path.Combine(directory, "upper")).FullName;
        string work = Directory.CreateDirectory(Path.Combine(directory, "work")).FullName;
        string target = Make("target");
        string lower = string.Join(':', layers.Select(l => l.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(":", "\\:", StringComparison.Ordinal)));
        MountCalls.Mount(new Mount("overlay", "overlay", [$"lowerdir={lower}", $"upperdir={upper}", $"workdir={work}", "index=off"]), target);
        Assert.Equal(count, Directory.GetFiles(target).Length);
        File.WriteAllText(Path.Combine(target, "new"), "x");
        Assert.True(File.Exists(Path.Combine(upper, "new")));
    }

    [LinuxFact(Needs.Root | Needs.Overlay)]
    public void A_refused_overlay_says_what_the_kernel_refused()
    {
        string target = Make("target");
        LinuxException e = Assert.Throws<LinuxException>(() => MountCalls.Mount(
            new Mount("overlay", "overlay", [$"lowerdir={_scratch.File("missing")}", "nonsense=1"]), target));
        Assert.False(MountCalls.IsMountPoint(target), e.Message);
    }

    [LinuxFact(Needs.Root)]
    public void A_busy_mount_stays_until_it_is_detached()
    {
        string target = Make("target");
        MountCalls.Mount(new Mount("tmpfs", "tmpfs", []), target);
        using FileStream held = File.Create(Path.Combine(target, "held"));
        Assert.Equal(Errno.EBUSY, Assert.Throws<LinuxException>(() => MountCalls.Unmount(target, lazy: false)).Errno);
        MountCalls.Unmount(target, lazy: true);
        Assert.False(MountCalls.IsMountPoint(target));
    }

    private string Make(string name) => Directory.CreateDirectory(_scratch.File(name)).FullName;
}
