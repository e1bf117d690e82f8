using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Containers;

/// <summary>What a container sees of the limits and rights that it was given.</summary>
public sealed class HostConfigTests(DockerFixture docker)
{
    private Task<string> Sh(string script, params IEnumerable<string> flags) => docker.Output(["run", "--rm", .. flags, "busybox", "sh", "-c", script]);

    [LinuxFact(Required)]
    public async Task Memory_limit_is_the_cgroups() =>
        Assert.Equal("67108864", await Sh("cat /sys/fs/cgroup/memory/memory.limit_in_bytes 2>/dev/null || cat /sys/fs/cgroup/memory.max", "-m", "64m"));

    [LinuxFact(Required)]
    public async Task Process_limit_is_the_cgroups() =>
        Assert.Equal("50", await Sh("cat /sys/fs/cgroup/pids/pids.max 2>/dev/null || cat /sys/fs/cgroup/pids.max", "--pids-limit", "50"));

    [LinuxFact(Required)]
    public async Task Capabilities_are_dockers_and_can_be_changed()
    {
        Assert.Equal("00000000a80425fb", await Sh("awk '/CapEff/ {print $2}' /proc/self/status"));
        Assert.Equal("0000000000000000", await Sh("awk '/CapEff/ {print $2}' /proc/self/status", "--cap-drop", "ALL"));
        Assert.Equal("0000000000001000", await Sh("awk '/CapEff/ {print $2}' /proc/self/status", "--cap-drop", "ALL", "--cap-add", "NET_ADMIN"));
        Assert.Equal("0000000000000000", await Sh("awk '/CapInh/ {print $2}' /proc/self/status"));
    }

    [LinuxFact(Required)]
    public async Task Seccomp_filters_unless_unconfined()
    {
        Assert.Equal("2", await Sh("awk '/^Seccomp:/ {print $2}' /proc/self/status"));
        Assert.Equal("0", await Sh("awk '/^Seccomp:/ {print $2}' /proc/self/status", "--security-opt", "seccomp=unconfined"));
        Assert.Equal("1", await Sh("awk '/^NoNewPrivs:/ {print $2}' /proc/self/status", "--security-opt", "no-new-privileges"));
    }

    [LinuxFact(Required)]
    public async Task Root_can_be_read_only()
    {
        CommandResult result = await docker.Docker("run", "--rm", "--read-only", "--tmpfs", "/scratch", "busybox", "sh", "-c", "touch /scratch/x && touch /x");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("Read-only file system", result.Error, StringComparison.Ordinal);
    }

    [LinuxFact(Required)]
    public async Task Kernel_files_are_masked()
    {
        Assert.Equal("0", await Sh("wc -c < /proc/keys"));
        Assert.Contains("ro", await Sh("grep ' /proc/sys ' /proc/mounts"), StringComparison.Ordinal);
        if (!IsReference)   // the reference asks for every capability, even for those that the host itself lacks
        {
            Assert.DoesNotContain(" /proc/keys ", await Sh("cat /proc/mounts", "--privileged"), StringComparison.Ordinal);
        }
    }

    [LinuxFact(Required)]
    public async Task Shared_memory_has_its_size() =>
        Assert.Equal("131072", await Sh("df -k /dev/shm | awk 'NR==2 {print $2}'", "--shm-size", "128m"));

    [LinuxFact(Required)]
    public async Task Limits_kernel_parameters_and_groups_are_set()
    {
        Assert.Equal("100", await Sh("ulimit -n", "--ulimit", "nofile=100:200"));
        Assert.Equal("4242", await Sh("cat /proc/sys/net/core/somaxconn", "--sysctl", "net.core.somaxconn=4242"));
        Assert.Contains("1234", await Sh("id -G", "--group-add", "1234"), StringComparison.Ordinal);
    }

    [LinuxFact(Required)]
    public async Task Device_is_there_only_when_given()
    {
        Assert.Equal("no", await Sh("test -e /dev/fuse && echo yes || echo no"));
        Assert.Equal("yes", await Sh("test -e /dev/nothing && echo yes || echo no", "--device", "/dev/null:/dev/nothing"));
    }

    [LinuxFact(Required)]
    public async Task Hosts_and_dns_are_as_asked()
    {
        Assert.Contains("10.1.2.3\tdb", await Sh("cat /etc/hosts", "--add-host", "db:10.1.2.3"), StringComparison.Ordinal);
        string resolv = await Sh("cat /etc/resolv.conf", "--dns", "10.9.8.7", "--dns-search", "example.org", "--dns-option", "ndots:3");
        Assert.Contains("nameserver 10.9.8.7", resolv, StringComparison.Ordinal);
        Assert.Contains("search example.org", resolv, StringComparison.Ordinal);
        Assert.Contains("ndots:3", resolv, StringComparison.Ordinal);
    }

    [LinuxFact(Required)]
    public async Task Out_of_memory_is_recorded()
    {
        string name = docker.Name("oom");
        CommandResult run = await docker.Docker("run", "--name", name, "-m", "16m", "--memory-swap", "16m", "busybox", "sh", "-c", "head -c 100m /dev/zero | tail > /dev/null");
        Assert.NotEqual(0, run.ExitCode);
        Assert.Equal("true", await docker.Output("inspect", "-f", "{{.State.OOMKilled}}", name));
        await docker.Output("rm", name);
    }
}
