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
        using var moves = new CgroupMoves(new GracePeriods(scratch.File("marker"), scratch.File("switch")));
        string before = File.ReadAllText("/proc/self/cgroup");
        moves.Hasten();
        moves.Hasten();
        Assert.Equal(before, File.ReadAllText("/proc/self/cgroup"));
        Assert.False(File.Exists(scratch.File("marker")));
    }
}
