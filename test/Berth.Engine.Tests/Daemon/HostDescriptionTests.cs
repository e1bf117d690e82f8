using Berth.Engine.Daemon;
using Berth.TestHost;

namespace Berth.Engine.Tests.Daemon;

public sealed class HostDescriptionTests
{
    [Fact]
    public void Memory_is_told_in_bytes() =>
        Assert.Equal(16316412L * 1024, HostDescription.MemoryTotal(["MemFree:  1 kB", "MemTotal:       16316412 kB", "MemAvailable: 2 kB"]));

    [Fact]
    public void A_release_file_is_read_as_a_shell_reads_it()
    {
        IReadOnlyDictionary<string, string> release = HostDescription.ParseRelease(
            ["# comment", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"", "VERSION_ID='12'", "ID=debian", "", "URL=\"https://a/?b=c\""]);

        Assert.Equal("Debian GNU/Linux 12 (bookworm)", release["PRETTY_NAME"]);
        Assert.Equal("12", release["VERSION_ID"]);
        Assert.Equal("debian", release["ID"]);
        Assert.Equal("https://a/?b=c", release["URL"]);
    }

    [Fact]
    public void This_machine_is_described()
    {
        HostDescription host = HostDescription.Read();

        Assert.Equal(File.ReadAllText("/proc/sys/kernel/osrelease").Trim(), host.KernelVersion);
        Assert.True(host.MemoryBytes > 64 << 20 && host.Processors > 0);
        Assert.NotEmpty(host.Name);
    }

    [Fact]
    public void A_daemon_keeps_its_id()
    {
        using var directory = new ScratchDirectory();
        var paths = new EnginePaths(new EngineOptions { DataRoot = directory.File("data"), ExecRoot = directory.File("exec") });
        paths.Create();

        string id = EngineId.ReadOrCreate(paths);

        Assert.True(Guid.TryParse(id, out _));
        Assert.Equal(id, EngineId.ReadOrCreate(paths));
    }
}
