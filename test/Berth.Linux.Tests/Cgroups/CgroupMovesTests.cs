using Berth.Linux.Cgroups;

namespace Berth.Linux.Tests.Cgroups;

public sealed class CgroupMovesTests
{
    [Fact]
    public void Process_stays_in_the_groups_that_it_is_in()
    {
        string before = File.ReadAllText("/proc/self/cgroup");
        CgroupMoves.Hasten();
        CgroupMoves.Hasten();
        Assert.Equal(before, File.ReadAllText("/proc/self/cgroup"));
    }
}
