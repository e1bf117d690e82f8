using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Engine.Events;
using Berth.Engine.Volumes;
using Berth.TestHost;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Engine.Tests.Containers;

public sealed class MountResolverTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly EnginePaths _paths;
    private readonly StateStore _store;
    private readonly VolumeService _volumes;

    public MountResolverTests()
    {
        _paths = new EnginePaths(new EngineOptions { DataRoot = _scratch.File("data"), ExecRoot = _scratch.File("exec") });
        _paths.Create();
        _store = StateStore.Open(_paths.StateDatabase);
        _volumes = new VolumeService(_paths, _store, new EventBus(TimeProvider.System), TimeProvider.System, NullLogger<VolumeService>.Instance);
    }

    [Fact]
    public async Task An_image_s_volumes_become_anonymous_ones_unless_something_is_there_already()
    {
        IReadOnlyList<ContainerMount> mounts = await ResolveAsync(
            new HostConfig { Binds = ["/srv:/taken"], Tmpfs = new Dictionary<string, string> { ["/run/"] = "" } }, "/data", "/taken", "/run");

        Assert.Equal(["/data", "/run", "/taken"], mounts.Select(mount => mount.Destination));
        Assert.Equal(["volume", "tmpfs", "bind"], mounts.Select(mount => mount.Type));
        ContainerMount volume = mounts[0];
        Assert.True(volume.Anonymous);
        Assert.True(volume.CopyUp);
        Assert.Equal("", volume.Mode);
        Assert.Matches("^[0-9a-f]{64}$", volume.VolumeName);
        Assert.Equal(_paths.VolumeData(volume.VolumeName!), volume.Source);
        Assert.Equal([volume.VolumeName], _volumes.List(Filters.None).Volumes!.Select(v => v.Name));
    }

    [Fact]
    public async Task A_named_volume_is_made_when_first_asked_for_and_shows_Docker_s_mode()
    {
        ContainerMount mount = Assert.Single(await ResolveAsync(new HostConfig { Binds = ["cache:/cache"] }));

        Assert.Equal(("cache", "z", "local", false), (mount.VolumeName, mount.Mode, mount.Driver, mount.Anonymous));
        Assert.True(Directory.Exists(_paths.VolumeData("cache")));
    }

    [Theory]
    [InlineData("/a:/x", "/b:/x/")]
    [InlineData("/a:/x", "v:/x")]
    public async Task Two_mounts_at_one_place_are_refused(string first, string second)
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() => ResolveAsync(new HostConfig { Binds = [first, second] }));

        Assert.Equal("Duplicate mount point: /x", refusal.Message);
    }

    [Fact]
    public async Task A_bind_and_a_tmpfs_at_one_place_are_refused()
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() =>
            ResolveAsync(new HostConfig { Binds = ["/a:/x"], Tmpfs = new Dictionary<string, string> { ["/x"] = "" } }));

        Assert.Equal("Duplicate mount point: /x", refusal.Message);
    }

    [Fact]
    public async Task A_refusal_takes_the_anonymous_volumes_with_it_and_leaves_named_ones()
    {
        await Assert.ThrowsAsync<EngineException>(() => ResolveAsync(new HostConfig
        {
            Binds = ["named:/n"],
            Mounts = [new Mount { Type = "volume", Target = "/a" }, new Mount { Type = "volume", Target = "/n" }],
        }));

        Assert.Equal(["named"], _volumes.List(Filters.None).Volumes!.Select(volume => volume.Name));
    }

    [Fact]
    public async Task Volumes_come_from_another_container_with_no_more_access_than_it_has()
    {
        ContainerSpec other = Spec(
            new ContainerMount { Type = "volume", VolumeName = "v", Source = "/v", Destination = "/v", CopyUp = true },
            new ContainerMount { Type = "bind", Source = "/ro", Destination = "/ro", ReadWrite = false },
            new ContainerMount { Type = "tmpfs", Destination = "/tmp" });

        IReadOnlyList<ContainerMount> full = await ResolveAsync(new HostConfig { VolumesFrom = ["other"] }, other);
        IReadOnlyList<ContainerMount> restricted = await ResolveAsync(new HostConfig { VolumesFrom = ["other:ro"], Binds = ["/mine:/ro"] }, other);

        Assert.Equal([("/ro", false), ("/v", true)], full.Select(mount => (mount.Destination, mount.ReadWrite)));
        Assert.All(full, mount => Assert.False(mount.CopyUp));
        // one's own bind comes before another's
        Assert.Equal([("/mine", true), ("/v", false)], restricted.Select(mount => (mount.Source, mount.ReadWrite)));
    }

    [Fact]
    public async Task A_container_that_is_not_there_is_no_missing_image()
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() => ResolveAsync(new HostConfig { VolumesFrom = ["nobody"] }));

        Assert.Equal((ErrorKind.InvalidParameter, "No such container: nobody"), (refusal.Kind, refusal.Message));
    }

    [Fact]
    public async Task A_bind_of_the_daemon_s_own_data_must_follow_the_host()
    {
        string source = Path.GetDirectoryName(_paths.DataRoot)!;

        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() => ResolveAsync(new HostConfig { Binds = [$"{source}:/x:rprivate"] }));
        ContainerMount followed = Assert.Single(await ResolveAsync(new HostConfig { Binds = [$"{source}:/x:rslave"] }));

        Assert.StartsWith("invalid mount config: must use either propagation mode \"rslave\" or \"rshared\"", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("rslave", followed.Propagation);
    }

    [Fact]
    public async Task An_image_s_volume_may_leave_the_slash_out() =>
        Assert.Equal("/data", Assert.Single(await ResolveAsync(new HostConfig(), "data")).Destination);

    [Fact]
    public async Task A_volume_driver_that_is_not_there_is_not_found()
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() => ResolveAsync(new HostConfig { VolumeDriver = "cloud" }, "/data"));

        Assert.Equal(ErrorKind.NotFound, refusal.Kind);
    }

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    private static ContainerSpec Spec(params ContainerMount[] mounts) => new()
    {
        Id = "other",
        Name = "other",
        Created = DateTimeOffset.UnixEpoch,
        Path = "true",
        Config = new ContainerConfig(),
        HostConfig = new HostConfig(),
        Mounts = mounts,
    };

    private Task<IReadOnlyList<ContainerMount>> ResolveAsync(HostConfig hostConfig, params string[] imageVolumes) =>
        ResolveAsync(hostConfig, Spec(), imageVolumes);

    private Task<IReadOnlyList<ContainerMount>> ResolveAsync(HostConfig hostConfig, ContainerSpec other, params string[] imageVolumes) =>
        new MountResolver(_volumes, name => name == "other" ? other : throw new EngineException(ErrorKind.NotFound, $"No such container: {name}"), _paths.DataRoot).ResolveAsync(
            new ContainerConfig { Volumes = imageVolumes.ToDictionary(path => path, _ => new EmptyObject()) }, hostConfig, CancellationToken.None);
}
