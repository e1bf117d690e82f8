using Berth.Linux.Cgroups;
using Berth.TestHost;

namespace Berth.Linux.Tests.Cgroups;

public sealed class HybridHierarchiesTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Only_controllers_that_nobody_uses_are_taken()
    {
        Directory.CreateDirectory(_scratch.File("unified"));
        File.WriteAllText(_scratch.File("unified/cgroup.controllers"), "hugetlb memory pids\n");
        File.WriteAllText(_scratch.File("unified/cgroup.subtree_control"), "memory\n");
        Assert.Equal(["hugetlb", "pids"], HybridHierarchies.Unused(_scratch.Path));
    }

    [Fact]
    public void Hosts_with_one_version_have_none()
    {
        File.WriteAllText(_scratch.File("cgroup.controllers"), "memory\n");
        Assert.Empty(HybridHierarchies.Unused(_scratch.Path));
    }
}
