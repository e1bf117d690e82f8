using Berth.Linux.Cgroups;

namespace Berth.Linux.Tests.Cgroups;

public sealed class CgroupProcessesTests
{
    [Fact]
    public void Memberships_are_read_for_v1_and_v2_alike()
    {
        IReadOnlyDictionary<string, string> memberships = CgroupProcesses.Memberships(
            ["4:cpu,cpuacct:/berth/a", "3:name=systemd:/", "1:memory:/berth/a:b", "0::/unified", "nonsense"]);

        Assert.Equal("/berth/a", memberships["cpuacct"]);
        Assert.Equal("/berth/a:b", memberships["memory"]);
        Assert.Equal("/", memberships["name=systemd"]);
        Assert.Equal("/unified", memberships[""]);
    }

    [Fact]
    public void A_process_is_found_in_its_own_group()
    {
        Assert.SkipUnless(CgroupProcesses.DirectoryOf(Environment.ProcessId) is { } directory && File.Exists(Path.Combine(directory, "cgroup.procs")), "needs a mounted cgroup hierarchy");

        Assert.Contains(Environment.ProcessId, CgroupProcesses.OfGroupOf(Environment.ProcessId));
    }

    [Fact]
    public void A_process_that_is_gone_has_no_group() => Assert.Empty(CgroupProcesses.OfGroupOf(int.MaxValue));

    [Theory]
    [InlineData("0-2,7", new[] { 0, 1, 2, 7 })]
    [InlineData("3", new[] { 3 })]
    [InlineData("1,1-2", new[] { 1, 2 })]
    [InlineData("", new int[0])]
    public void Lists_are_read(string list, int[] numbers) => Assert.Equal(numbers, CgroupFeatures.ParseList(list));

    [Theory]
    [InlineData("a")]
    [InlineData("2-1")]
    [InlineData("1-")]
    [InlineData("0-99999999")]
    public void What_is_no_list_is_none(string list) => Assert.Null(CgroupFeatures.ParseList(list));
}
