using Berth.Linux.Cgroups;
using Berth.Linux.Descriptors;
using Berth.TestHost;

namespace Berth.Linux.Tests.Cgroups;

public sealed class OwnCgroupTests
{
    [Fact]
    public void However_often_the_process_is_moved_one_group_is_open()
    {
        using var scratch = new ScratchDirectory();
        using (OwnCgroup own = In(scratch))
        {
            for (int move = 0; move < 20; move++)
            {
                Move(scratch, $"group{move}");
                Descriptor group = own.Take(out IDisposable? use)!;
                using (use)
                {
                    Assert.Equal(0, DescriptorCalls.WriteAll(group, "0"u8));
                }

                Assert.Equal([scratch.File($"group{move}/cgroup.procs")], OpenFiles.Below(scratch.Path));
                Assert.Equal("0", File.ReadAllText(scratch.File($"group{move}/cgroup.procs")));
            }
        }

        Assert.Empty(OpenFiles.Below(scratch.Path));
    }

    [Fact]
    public void What_is_in_use_stays_open_until_it_is_not()
    {
        using var scratch = new ScratchDirectory();
        using OwnCgroup own = In(scratch);
        Move(scratch, "a");
        Descriptor group = own.Take(out IDisposable? use)!;

        Move(scratch, "b");
        _ = own.Take(out IDisposable? other);
        other!.Dispose();

        Assert.Equal(0, DescriptorCalls.WriteAll(group, "0"u8));
        Assert.Equal("0", File.ReadAllText(scratch.File("a/cgroup.procs")));
        use!.Dispose();
        Assert.Equal([scratch.File("b/cgroup.procs")], OpenFiles.Below(scratch.Path));
    }

    [Fact]
    public void Where_there_is_no_group_there_is_none_to_write_to()
    {
        using var scratch = new ScratchDirectory();
        using OwnCgroup own = In(scratch);
        Assert.Null(own.Take(out IDisposable? use));
        File.WriteAllText(scratch.File("membership"), "missing");
        Assert.Null(own.Take(out use));
        Assert.Null(use);
    }

    private static OwnCgroup In(ScratchDirectory scratch) =>
        new(scratch.File("membership"), () => scratch.File(File.ReadAllText(scratch.File("membership"))));

    private static void Move(ScratchDirectory scratch, string group)
    {
        Directory.CreateDirectory(scratch.File(group));
        File.WriteAllText(scratch.File($"{group}/cgroup.procs"), "");
        File.WriteAllText(scratch.File("membership"), group);
    }
}
