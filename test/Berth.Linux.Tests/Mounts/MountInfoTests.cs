using Berth.Linux.Mounts;

namespace Berth.Linux.Tests.Mounts;

public sealed class MountInfoTests
{
    [Fact]
    public void A_line_is_read_with_its_optional_fields_and_escapes()
    {
        MountInfo? mount = MountInfo.TryParse(@"36 35 98:0 /mnt1 /mnt\0402\134x rw,noatime shared:7 master:1 - ext3 /dev/root\011a rw,errors=continue");
        Assert.NotNull(mount);
        Assert.Equal((36, 35, "98:0", "/mnt1"), (mount.Id, mount.ParentId, mount.Device, mount.Root));
        Assert.Equal(@"/mnt 2\x", mount.MountPoint);
        Assert.Equal(["rw", "noatime"], mount.Options);
        Assert.Equal(["shared:7", "master:1"], mount.Propagation);
        Assert.Equal(("ext3", "/dev/root\ta"), (mount.FileSystemType, mount.Source));
        Assert.Equal(["rw", "errors=continue"], mount.SuperOptions);
    }

    [Fact]
    public void A_line_without_optional_fields_is_read() =>
        Assert.Equal("proc", MountInfo.TryParse("23 28 0:21 / /proc rw - proc proc rw")?.FileSystemType);

    [Theory]
    [InlineData("")]
    [InlineData("23 28 0:21 / /proc rw")]
    [InlineData("a b 0:21 / /proc rw - proc proc rw")]
    [InlineData("23 28 0:21 / /proc rw - proc")]
    public void A_line_that_is_none_is_passed_over(string line) => Assert.Null(MountInfo.TryParse(line));

    [Fact]
    public void This_process_has_a_root() => Assert.Contains(MountInfo.Read(), m => m.MountPoint == "/");
}
