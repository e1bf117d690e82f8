using Berth.Linux.Files;
using Berth.TestHost;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Tests.Files;

public sealed class TreeCopyTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly string _from;
    private readonly string _to;

    public TreeCopyTests()
    {
        _from = _scratch.File("from");
        _to = _scratch.File("to");
        Directory.CreateDirectory(_from);
        Directory.CreateDirectory(_to);
    }

    [Fact]
    public void Content_modes_and_times_are_copied()
    {
        Directory.CreateDirectory(Path.Combine(_from, "dir"));
        string file = Path.Combine(_from, "dir", "file");
        File.WriteAllBytes(file, new byte[200_000]);
        File.SetUnixFileMode(file, (UnixFileMode)0b100_101_100_000);
        File.SetUnixFileMode(Path.Combine(_from, "dir"), (UnixFileMode)0b101_000_000);
        File.SetLastWriteTimeUtc(file, new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc));
        File.SetLastWriteTimeUtc(_from, new DateTime(2002, 2, 3, 4, 5, 6, DateTimeKind.Utc));

        Copy();

        string copy = Path.Combine(_to, "dir", "file");
        Assert.Equal(200_000, new FileInfo(copy).Length);
        Assert.Equal((UnixFileMode)0b100_101_100_000, File.GetUnixFileMode(copy));
        Assert.Equal((UnixFileMode)0b101_000_000, File.GetUnixFileMode(Path.Combine(_to, "dir")));
        Assert.Equal(2001, File.GetLastWriteTimeUtc(copy).Year);
        Assert.Equal(2002, File.GetLastWriteTimeUtc(_to).Year);
    }

    [Fact]
    public void Links_are_copied_not_followed_and_hard_links_stay_one_file()
    {
        Directory.CreateDirectory(Path.Combine(_from, "a"));
        File.WriteAllText(Path.Combine(_from, "a", "one"), "content");
        Hardlink(Path.Combine(_from, "a"), "one", _from, "two");
        File.CreateSymbolicLink(Path.Combine(_from, "link"), "/etc/passwd");
        File.CreateSymbolicLink(Path.Combine(_from, "dangling"), "nowhere");

        Copy();

        Assert.Equal("/etc/passwd", new FileInfo(Path.Combine(_to, "link")).LinkTarget);
        Assert.Equal("nowhere", new FileInfo(Path.Combine(_to, "dangling")).LinkTarget);
        Assert.Equal(FileCalls.StatusOf(Path.Combine(_to, "a", "one"))!.Value.Inode, FileCalls.StatusOf(Path.Combine(_to, "two"))!.Value.Inode);
    }

    [LinuxFact(Needs.Root)]
    public void Owners_devices_and_attributes_are_copied()
    {
        File.WriteAllText(Path.Combine(_from, "file"), "");
        using (SafeFileHandle from = FileCalls.OpenDirectory(_from))
        {
            Assert.Equal(0, FileCalls.TryChangeOwner(from, "file\0"u8, 1000, 1001));
            Assert.Equal(0, FileCalls.TryMakeNode(from, "null\0"u8, FileKind.CharacterDevice, 0b110_110_110, 1, 3));
            Assert.Equal(0, FileCalls.TryMakeNode(from, "pipe\0"u8, FileKind.Fifo, 0b110_000_000, 0, 0));
            Assert.Equal(0, FileCalls.TryChangeMode(from, "null\0"u8, 0b110_110_110));
            int errno = FileCalls.TrySetExtendedAttribute(from, "file\0"u8, "user.test\0"u8, "value"u8);
            Assert.True(errno is 0 or Errno.EOPNOTSUPP);
        }

        Copy();

        using SafeFileHandle to = FileCalls.OpenDirectory(_to);
        FileStatus file = FileCalls.TryStatus(to, "file\0"u8, out _)!.Value;
        FileStatus device = FileCalls.TryStatus(to, "null\0"u8, out _)!.Value;
        Assert.Equal((1000u, 1001u), (file.Uid, file.Gid));
        Assert.Equal((FileKind.CharacterDevice, 1u, 3u, 0b110_110_110), (device.Kind, device.NodeMajor, device.NodeMinor, device.Permissions));
        Assert.Equal(FileKind.Fifo, FileCalls.TryStatus(to, "pipe\0"u8, out _)!.Value.Kind);
        using SafeFileHandle source = FileCalls.OpenDirectory(_from);
        Assert.Equal(FileCalls.ExtendedAttribute(source, "file\0"u8, "user.test\0"u8), FileCalls.ExtendedAttribute(to, "file\0"u8, "user.test\0"u8));
    }

    public void Dispose() => _scratch.Dispose();

    private void Copy()
    {
        using SafeFileHandle from = FileCalls.OpenDirectory(_from);
        using SafeFileHandle to = FileCalls.OpenDirectory(_to);
        TreeCopy.CopyContent(from, to);
    }

    private static void Hardlink(string fromDirectory, string from, string toDirectory, string to)
    {
        using SafeFileHandle source = FileCalls.OpenDirectory(fromDirectory);
        using SafeFileHandle target = FileCalls.OpenDirectory(toDirectory);
        Assert.Equal(0, FileCalls.TryMakeHardLink(source, FileCalls.Terminated(from), target, FileCalls.Terminated(to)));
    }
}
