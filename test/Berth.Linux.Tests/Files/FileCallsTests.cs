using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Berth.TestHost;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Tests.Files;

public sealed class FileCallsTests : IDisposable
{
    private const Resolve Confined = Resolve.InRoot | Resolve.NoMagicLinks;

    private readonly ScratchDirectory _scratch = new();
    private readonly SafeFileHandle _root;

    public FileCallsTests() => _root = FileCalls.OpenDirectory(_scratch.Path);

    public void Dispose()
    {
        _root.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public void A_path_in_a_root_stays_in_it()
    {
        File.WriteAllText(_scratch.File("passwd"), "inside");
        Directory.CreateDirectory(_scratch.File("etc"));
        File.CreateSymbolicLink(_scratch.File("etc/passwd"), "/passwd");
        using SafeFileHandle file = FileCalls.Open(_root, FileCalls.Terminated("../../etc/passwd"), OpenFlags.O_RDONLY, 0, Confined);
        byte[] content = new byte[10];
        Assert.Equal("inside", System.Text.Encoding.ASCII.GetString(content, 0, FileCalls.Read(file, content)));
    }

    [Fact]
    public void A_path_beneath_may_not_leave()
    {
        Assert.Null(FileCalls.TryOpen(_root, "../x\0"u8, OpenFlags.O_PATH, 0, Resolve.Beneath, out int errno));
        Assert.Equal(Errno.EXDEV, errno);
    }

    [Fact]
    public void Links_of_proc_are_not_followed()
    {
        using SafeFileHandle proc = FileCalls.OpenDirectory("/proc/self");
        Assert.Null(FileCalls.TryOpen(proc, "root/etc\0"u8, OpenFlags.O_PATH, 0, Resolve.NoMagicLinks, out int errno));
        Assert.Equal(Errno.ELOOP, errno);
    }

    [Fact]
    public void Status_tells_what_statx_does()
    {
        File.WriteAllText(_scratch.File("f"), "12345");
        File.SetLastWriteTimeUtc(_scratch.File("f"), new DateTime(2020, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        File.SetUnixFileMode(_scratch.File("f"), UnixFileMode.UserRead | UnixFileMode.SetUser);
        FileStatus status = FileCalls.TryStatus(_root, "f\0"u8, out _)!.Value;
        Assert.Equal((FileKind.Regular, 5L, Convert.ToInt32("4400", 8)), (status.Kind, status.Size, status.Permissions));
        Assert.Equal(new DateTimeOffset(2020, 1, 2, 3, 4, 5, TimeSpan.Zero), status.Modified.ToDateTimeOffset());
        Assert.Null(FileCalls.StatusOf(_scratch.File("missing")));
    }

    [Theory]
    [InlineData("1969-12-31T23:59:59.5Z", -1, 500000000)]
    [InlineData("1970-01-01T00:00:00Z", 0, 0)]
    [InlineData("2020-01-01T00:00:00.0000001Z", 1577836800, 100)]
    public void Times_before_and_after_1970_convert_both_ways(string text, long seconds, int nanoseconds)
    {
        var time = DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(new FileTime(seconds, nanoseconds), FileTime.From(time));
        Assert.Equal(time, new FileTime(seconds, nanoseconds).ToDateTimeOffset());
    }

    [Fact]
    public void A_tree_is_removed_without_following_links()
    {
        Directory.CreateDirectory(_scratch.File("kept"));
        File.WriteAllText(_scratch.File("kept/f"), "x");
        Directory.CreateDirectory(_scratch.File("tree/a/b"));
        File.WriteAllText(_scratch.File("tree/a/b/f"), "x");
        File.CreateSymbolicLink(_scratch.File("tree/a/link"), _scratch.File("kept"));
        FileCalls.RemoveTree(_scratch.File("tree"));
        FileCalls.RemoveTree(_scratch.File("tree"));
        Assert.False(Directory.Exists(_scratch.File("tree")));
        Assert.True(File.Exists(_scratch.File("kept/f")));
    }

    [LinuxFact(Needs.Root)]
    public void A_tree_is_not_removed_across_a_mount()
    {
        Directory.CreateDirectory(_scratch.File("precious"));
        File.WriteAllText(_scratch.File("precious/f"), "x");
        Directory.CreateDirectory(_scratch.File("tree/mnt"));
        MountCalls.Mount(new Mount("bind", _scratch.File("precious"), ["bind"]), _scratch.File("tree/mnt"));
        try
        {
            Assert.Throws<LinuxException>(() => FileCalls.RemoveTree(_scratch.File("tree")));
        }
        finally
        {
            MountCalls.Unmount(_scratch.File("tree/mnt"), lazy: true);
        }

        Assert.True(File.Exists(_scratch.File("precious/f")));
    }

    [LinuxFact(Needs.Root)]
    public void Device_numbers_of_any_size_are_made()
    {
        Assert.Equal(0, FileCalls.TryMakeNode(_root, "d\0"u8, FileKind.BlockDevice, 0x180, 4000, 1_000_000));
        FileStatus status = FileCalls.TryStatus(_root, "d\0"u8, out _)!.Value;
        Assert.Equal((4000u, 1_000_000u), (status.NodeMajor, status.NodeMinor));
    }

    [Fact]
    public void Attributes_are_binary_and_listed_by_name()
    {
        File.WriteAllText(_scratch.File("f"), "");
        byte[] value = [0, 1, 255, 0];
        int errno = FileCalls.TrySetExtendedAttribute(_root, "f\0"u8, "user.bin\0"u8, value);
        Assert.SkipWhen(errno == Errno.EOPNOTSUPP, "the file system has no user attributes");
        Assert.Equal(0, errno);
        Assert.Equal(value, FileCalls.ExtendedAttribute(_root, "f\0"u8, "user.bin\0"u8));
        Assert.Equal(["user.bin"], FileCalls.ExtendedAttributeNames(_root, "f\0"u8));
        Assert.Null(FileCalls.ExtendedAttribute(_root, "f\0"u8, "user.none\0"u8));
    }

    [Fact]
    public void A_directory_is_listed_without_its_dots()
    {
        for (int i = 0; i < 2000; i++)
        {
            File.WriteAllText(_scratch.File($"file-with-a-rather-long-name-{i}"), "");
        }

        using SafeFileHandle again = FileCalls.OpenDirectory(_scratch.Path);
        List<DirectoryEntry> entries = DirectoryReader.Read(again);
        Assert.Equal(2000, entries.Count);
        Assert.All(entries, e => Assert.Equal(0, e.Name[^1]));
    }

    [Fact]
    public void Rename_without_replacing_says_that_the_name_is_taken()
    {
        File.WriteAllText(_scratch.File("a"), "a");
        File.WriteAllText(_scratch.File("b"), "b");
        Assert.Equal(Errno.EEXIST, FileCalls.TryRenameNew(_root, "a\0"u8, _root, "b\0"u8));
        Assert.Equal(0, FileCalls.TryRenameNew(_root, "a\0"u8, _root, "c\0"u8));
        Assert.Equal("a", File.ReadAllText(_scratch.File("c")));
    }

    [Fact]
    public void Trees_are_spread_where_the_file_system_knows_how()
    {
        int errno = FileCalls.TrySpreadTrees(_scratch.Path);
        Assert.Contains(errno, (int[])[0, Errno.ENOTTY, Errno.EOPNOTSUPP, Errno.EINVAL]);
        Assert.Equal(errno, FileCalls.TrySpreadTrees(_scratch.Path));
        Assert.True(Directory.CreateDirectory(_scratch.File("tree")).Exists);
    }
}
