using Berth.Linux.Mounts;

namespace Berth.Linux.Tests.Mounts;

public sealed class MountOptionsTests
{
    [Fact]
    public void Words_are_sorted_into_flags_propagation_and_data()
    {
        MountOptions options = MountOptions.Parse(["rbind", "ro", "nosuid", "rslave", "size=64m", "lowerdir=/a:/b"]);
        Assert.Equal(MountFlags.Bind | MountFlags.Recursive | MountFlags.ReadOnly | MountFlags.NoSuid, options.Flags);
        Assert.Equal(MountFlags.Slave | MountFlags.Recursive, options.Propagation);
        Assert.Equal(["size=64m", "lowerdir=/a:/b"], options.Data);
        Assert.True(options.IsBind);
    }

    [Fact]
    public void The_last_word_counts()
    {
        MountOptions options = MountOptions.Parse(["ro", "noexec", "private", "rw", "exec", "shared", "defaults", ""]);
        Assert.Equal(MountFlags.None, options.Flags);
        Assert.Equal(MountFlags.Shared, options.Propagation);
        Assert.Empty(options.Data);
    }
}
