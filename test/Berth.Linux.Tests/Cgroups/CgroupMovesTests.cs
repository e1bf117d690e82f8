using Berth.Linux.Cgroups;
using Berth.TestHost;

namespace Berth.Linux.Tests.Cgroups;

public sealed class CgroupMovesTests
{
    [Fact]
    public void Process_stays_in_the_groups_that_it_is_in()
    {
        using var scratch = new ScratchDirectory();
        File.WriteAllText(scratch.File("switch"), "0\n");
        var gracePeriods = new GracePeriods(scratch.File("marker"), scratch.File("switch"));
        string before = File.ReadAllText("/proc/self/cgroup");
        CgroupMoves.Hasten(gracePeriods);
        CgroupMoves.Hasten(gracePeriods);
        Assert.Equal(before, File.ReadAllText("/proc/self/cgroup"));
        Assert.False(File.Exists(scratch.File("marker")));
    }
}
