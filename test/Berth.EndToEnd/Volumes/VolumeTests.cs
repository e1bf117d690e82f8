using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Volumes;

public sealed class VolumeTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Named_volume_outlives_its_containers()
    {
        string volume = docker.Name("data");
        Assert.Equal(volume, await docker.Output("volume", "create", volume));
        await docker.Output("run", "--rm", "-v", $"{volume}:/data", "busybox", "sh", "-c", "echo kept > /data/file");
        Assert.Equal("kept", await docker.Output("run", "--rm", "-v", $"{volume}:/data:ro", "busybox", "cat", "/data/file"));
        Assert.Contains(volume, await docker.Output("volume", "ls", "-q"), StringComparison.Ordinal);
        await docker.Output("volume", "rm", volume);
        CommandResult gone = await docker.Docker("volume", "inspect", volume);
        Assert.Equal(1, gone.ExitCode);
        Assert.Contains("no such volume", gone.Error, StringComparison.OrdinalIgnoreCase);
    }

    [LinuxFact(Required)]
    public async Task Volume_in_use_is_not_removed()
    {
        string volume = docker.Name("used");
        string name = await docker.Sleeping("user", "-v", $"{volume}:/data");
        CommandResult refused = await docker.Docker("volume", "rm", volume);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("volume is in use", refused.Error, StringComparison.Ordinal);
        await docker.Output("rm", "-f", name);
        await docker.Output("volume", "rm", volume);
    }

    [LinuxFact(Required)]
    public async Task Empty_volume_is_filled_from_the_image()
    {
        string volume = docker.Name("filled");
        Assert.Contains("passwd", await docker.Output("run", "--rm", "-v", $"{volume}:/etc", "busybox", "ls", "/etc"), StringComparison.Ordinal);
        await docker.Output("volume", "rm", volume);
    }

    [LinuxFact(Required)]
    public async Task Directory_of_the_host_is_mounted()
    {
        using var directory = new ScratchDirectory();
        await File.WriteAllTextAsync(directory.File("hello"), "from the host\n");
        Assert.Equal("from the host", await docker.Output("run", "--rm", "-v", $"{directory.Path}:/mnt:ro", "busybox", "cat", "/mnt/hello"));
        CommandResult write = await docker.Docker("run", "--rm", "--mount", $"type=bind,source={directory.Path},target=/mnt,readonly", "busybox", "touch", "/mnt/x");
        Assert.Equal(1, write.ExitCode);
    }

    [LinuxFact(Required)]
    public async Task Missing_source_of_a_bind_mount_is_named()
    {
        CommandResult result = await docker.Docker("run", "--rm", "--mount", "type=bind,source=/no/such/place,target=/mnt", "busybox", "true");
        Assert.Equal(125, result.ExitCode);
        Assert.Contains("bind source path does not exist: /no/such/place", result.Error, StringComparison.Ordinal);
    }

    [LinuxFact(Required)]
    public async Task Anonymous_volume_goes_with_the_container()
    {
        string name = await docker.Sleeping("anonymous", "-v", "/data");
        string volume = await docker.Output("inspect", "-f", "{{(index .Mounts 0).Name}}", name);
        Assert.Matches("^[0-9a-f]{64}$", volume);
        await docker.Output("rm", "-f", "-v", name);
        Assert.Equal(1, (await docker.Docker("volume", "inspect", volume)).ExitCode);
    }

    [LinuxFact(Required)]
    public async Task Unknown_driver_is_refused()
    {
        CommandResult result = await docker.Docker("volume", "create", "-d", "nosuchdriver", docker.Name("driver"));
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("nosuchdriver", result.Error, StringComparison.Ordinal);
    }
}
