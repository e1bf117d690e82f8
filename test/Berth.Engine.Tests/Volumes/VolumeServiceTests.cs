using Berth.Api;
using Berth.Api.Events;
using Berth.Api.Volumes;
using Berth.Engine.Containers;
using Berth.Engine.Events;
using Berth.Engine.Volumes;
using Berth.Linux.Mounts;
using Berth.TestHost;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Engine.Tests.Volumes;

public sealed class VolumeServiceTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly EnginePaths _paths;
    private StateStore _store;
    private EventBus _events;
    private VolumeService _volumes;

    public VolumeServiceTests()
    {
        _paths = new EnginePaths(new EngineOptions { DataRoot = _scratch.File("data"), ExecRoot = _scratch.File("exec") });
        _paths.Create();
        (_store, _events, _volumes) = Start();
    }

    [Fact]
    public async Task A_volume_is_made_once_and_then_found()
    {
        Volume first = await CreateAsync("data", labels: new Dictionary<string, string> { ["a"] = "b" });
        Volume second = await CreateAsync("data");

        Assert.Equal(("data", "local", "local"), (first.Name, first.Driver, first.Scope));
        Assert.Equal(_paths.VolumeData("data"), first.Mountpoint);
        Assert.True(Directory.Exists(first.Mountpoint));
        Assert.Equal(first.CreatedAt, second.CreatedAt);
        Assert.Equal("b", second.Labels!["a"]);
    }

    [Fact]
    public async Task A_volume_without_a_name_gets_one_and_Docker_s_label()
    {
        Volume volume = await CreateAsync("");

        Assert.Matches("^[0-9a-f]{64}$", volume.Name);
        Assert.Equal("", volume.Labels!["com.docker.volume.anonymous"]);
    }

    [Theory]
    [InlineData("a", "create a: volume name is too short, names should be at least two alphanumeric characters")]
    [InlineData("a/b", "create a/b: \"a/b\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path")]
    [InlineData("..", "create ..: \"..\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path")]
    [InlineData("ok\n", "create ok\n: \"ok\n\" includes invalid characters for a local volume name, only \"[a-zA-Z0-9][a-zA-Z0-9_.-]\" are allowed. If you intended to pass a host directory, use absolute path")]
    public async Task A_name_that_could_be_a_path_is_refused(string name, string sentence) =>
        Assert.Equal(sentence, (await Assert.ThrowsAsync<EngineException>(() => CreateAsync(name))).Message);

    [Fact]
    public async Task A_driver_that_is_not_there_is_not_found()
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() =>
            _volumes.CreateAsync(new VolumeCreateRequest { Name = "data", Driver = "cloud" }, CancellationToken.None));

        Assert.Equal(ErrorKind.NotFound, refusal.Kind);
        Assert.Equal("create data: error looking up volume plugin cloud: plugin \"cloud\" not found", refusal.Message);
    }

    [Theory]
    [InlineData("colour", "red", "create data: invalid option: \"colour\"")]
    [InlineData("type", "tmpfs", "create data: missing required option: \"device\"")]
    [InlineData("o", "bind", "create data: missing required option: \"device\"")]
    [InlineData("size", "10m", "create data: quota size requested but no quota support")]
    public async Task Options_that_cannot_work_are_refused_and_leave_nothing(string option, string value, string sentence)
    {
        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() => CreateAsync("data", options: new Dictionary<string, string> { [option] = value }));

        Assert.Equal(sentence, refusal.Message);
        Assert.Empty(_volumes.List(Filters.None).Volumes!);
    }

    [Fact]
    public async Task Volumes_are_listed_by_filter()
    {
        await CreateAsync("alpha", labels: new Dictionary<string, string> { ["tier"] = "1" });
        await CreateAsync("beta", labels: new Dictionary<string, string> { ["tier"] = "2" });
        _volumes.UsersOf = name => name == "beta" ? ["c1"] : [];

        Assert.Equal(["alpha", "beta"], Names());
        Assert.Equal(["alpha"], Names("name", "alp"));
        Assert.Equal(["beta"], Names("label", "tier=2"));
        Assert.Equal(["alpha", "beta"], Names("label", "tier"));
        Assert.Equal(["alpha"], Names("dangling", "true"));
        Assert.Equal(["beta"], Names("dangling", "0"));
        Assert.Empty(Names("driver", "cloud"));
        Assert.Equal("invalid filter 'dangling=[maybe]'", Assert.Throws<EngineException>(() => Names("dangling", "maybe")).Message);
        Assert.Equal("invalid filter 'colour'", Assert.Throws<EngineException>(() => Names("colour", "red")).Message);
    }

    [Fact]
    public async Task A_volume_in_use_stays()
    {
        Volume volume = await CreateAsync("data");
        _volumes.UsersOf = _ => ["c1", "c2"];

        EngineException refusal = await Assert.ThrowsAsync<EngineException>(() => _volumes.RemoveAsync("data", force: true, CancellationToken.None));

        Assert.Equal((ErrorKind.Conflict, "remove data: volume is in use - [c1, c2]"), (refusal.Kind, refusal.Message));
        Assert.True(Directory.Exists(volume.Mountpoint));
    }

    [Fact]
    public async Task A_removed_volume_is_gone_with_its_files()
    {
        Volume volume = await CreateAsync("data");
        Directory.CreateDirectory(Path.Combine(volume.Mountpoint, "deep", "er"));
        File.WriteAllText(Path.Combine(volume.Mountpoint, "deep", "file"), "");

        await _volumes.RemoveAsync("data", force: false, CancellationToken.None);

        Assert.Empty(Directory.GetFileSystemEntries(_paths.Volumes));
        EngineException missing = await Assert.ThrowsAsync<EngineException>(() => _volumes.RemoveAsync("data", force: false, CancellationToken.None));
        Assert.Equal((ErrorKind.NotFound, "get data: no such volume"), (missing.Kind, missing.Message));
        await _volumes.RemoveAsync("data", force: true, CancellationToken.None);
        Assert.Throws<EngineException>(() => _volumes.Inspect("data"));
    }

    [Fact]
    public async Task Volumes_outlive_the_daemon()
    {
        await CreateAsync("data", labels: new Dictionary<string, string> { ["a"] = "b" });
        File.WriteAllText(Path.Combine(_paths.VolumeData("data"), "file"), "content");

        Restart();

        Assert.Equal("b", _volumes.Inspect("data").Labels!["a"]);
        Assert.Equal("content", File.ReadAllText(Path.Combine(_volumes.Inspect("data").Mountpoint, "file")));
    }

    [Fact]
    public async Task What_a_crash_left_of_a_container_s_creation_is_swept_away()
    {
        string lost = await _volumes.DeclareAsync(new VolumeCreateRequest(), CancellationToken.None);
        string kept = await _volumes.DeclareAsync(new VolumeCreateRequest(), CancellationToken.None);
        string used = await _volumes.DeclareAsync(new VolumeCreateRequest(), CancellationToken.None);
        await CreateAsync("");
        await _volumes.MountAsync("c1", [Mount(used)], CancellationToken.None);

        Restart();
        _volumes.UsersOf = name => name == kept ? ["c1"] : [];
        _volumes.Sweep();

        string[] names = Names();
        Assert.DoesNotContain(lost, names);
        Assert.Contains(kept, names);
        // it was mounted once: its container was removed without its volumes
        Assert.Contains(used, names);
        Assert.Equal(3, names.Length);
        Assert.Equal(3, Directory.GetDirectories(_paths.Volumes).Length);
    }

    [Fact]
    public void Data_without_a_record_is_taken_up_not_deleted()
    {
        Directory.CreateDirectory(_paths.VolumeData("orphan"));
        File.WriteAllText(Path.Combine(_paths.VolumeData("orphan"), "file"), "content");
        Directory.CreateDirectory(Path.Combine(_paths.Volumes, ".removed-0123", "_data"));

        Restart();

        Assert.Equal(["orphan"], Names());
        Assert.True(File.Exists(Path.Combine(_paths.VolumeData("orphan"), "file")));
        Assert.False(Directory.Exists(Path.Combine(_paths.Volumes, ".removed-0123")));
    }

    [Fact]
    public async Task Anonymous_volumes_go_with_their_container_named_and_shared_ones_stay()
    {
        await CreateAsync("named");
        string own = await _volumes.DeclareAsync(new VolumeCreateRequest(), CancellationToken.None);
        string shared = await _volumes.DeclareAsync(new VolumeCreateRequest(), CancellationToken.None);
        _volumes.UsersOf = name => name == shared ? ["other"] : [];

        await _volumes.RemoveAnonymousAsync([Mount("named") with { Anonymous = false }, Mount(own), Mount(shared)], CancellationToken.None);

        Assert.Equal(new[] { "named", shared }.Order(StringComparer.Ordinal), Names());
    }

    [Fact]
    public async Task Pruning_takes_anonymous_volumes_that_nobody_has_and_named_ones_when_asked()
    {
        string unused = (await CreateAsync("")).Name;
        string used = (await CreateAsync("")).Name;
        string beingCreated = await _volumes.DeclareAsync(new VolumeCreateRequest(), CancellationToken.None);
        await CreateAsync("named", labels: new Dictionary<string, string> { ["keep"] = "" });
        await CreateAsync("other");
        File.WriteAllText(Path.Combine(_paths.VolumeData(unused), "file"), "12345");
        _volumes.UsersOf = name => name == used ? ["c1"] : [];

        VolumePruneResponse first = await _volumes.PruneAsync(Filters.None, CancellationToken.None);
        var filters = new Filters();
        filters.Add("all", "true");
        filters.Add("label!", "keep");
        VolumePruneResponse second = await _volumes.PruneAsync(filters, CancellationToken.None);

        Assert.Equal([unused], first.VolumesDeleted!);
        Assert.Equal(5, first.SpaceReclaimed);
        Assert.Equal(["other"], second.VolumesDeleted!);
        Assert.Equal(new[] { beingCreated, used, "named" }.Order(StringComparer.Ordinal), Names());
    }

    [Fact]
    public async Task What_happens_to_a_volume_is_told()
    {
        IAsyncEnumerable<EventMessage> events = _events.SubscribeAsync(Filters.None, null, null, CancellationToken.None);
        await CreateAsync("data");
        await _volumes.MountAsync("c1", [Mount("data") with { ReadWrite = false }], CancellationToken.None);
        await _volumes.UnmountAsync("c1", [Mount("data")]);
        await _volumes.RemoveAsync("data", force: false, CancellationToken.None);

        var told = new List<EventMessage>();
        await foreach (EventMessage message in events)
        {
            told.Add(message);
            if (message.Action == "destroy")
            {
                break;
            }
        }

        Assert.Equal(["create", "mount", "unmount", "destroy"], told.Select(message => message.Action));
        Assert.All(told, message => Assert.Equal(("volume", "data"), (message.Type, message.Actor!.ID)));
        Assert.Equal("c1", told[1].Actor!.Attributes!["container"]);
        Assert.Equal("false", told[1].Actor!.Attributes!["read/write"]);
        Assert.Equal("/data", told[1].Actor!.Attributes!["destination"]);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_volume_of_its_own_file_system_is_mounted_while_it_is_used()
    {
        Volume volume = await CreateAsync("scratch", options: new Dictionary<string, string> { ["type"] = "tmpfs", ["device"] = "tmpfs", ["o"] = "size=1m,nosuid" });
        Assert.False(MountCalls.IsMountPoint(volume.Mountpoint));

        await _volumes.MountAsync("c1", [Mount("scratch")], CancellationToken.None);
        await _volumes.MountAsync("c2", [Mount("scratch")], CancellationToken.None);
        try
        {
            Assert.Single(MountInfo.Read(), mount => mount.MountPoint == volume.Mountpoint);
            await _volumes.UnmountAsync("c1", [Mount("scratch")]);
            Assert.True(MountCalls.IsMountPoint(volume.Mountpoint));
        }
        finally
        {
            await _volumes.UnmountAsync("c2", [Mount("scratch")]);
        }

        Assert.False(MountCalls.IsMountPoint(volume.Mountpoint));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_mount_that_fails_says_why_and_undoes_those_before_it()
    {
        await CreateAsync("good", options: new Dictionary<string, string> { ["type"] = "tmpfs", ["device"] = "tmpfs" });
        await CreateAsync("bad", options: new Dictionary<string, string> { ["type"] = "none", ["device"] = "/no/such/directory", ["o"] = "bind" });

        EngineException failure = await Assert.ThrowsAsync<EngineException>(() => _volumes.MountAsync("c1", [Mount("good"), Mount("bad")], CancellationToken.None));

        Assert.Equal($"error while mounting volume '{_paths.VolumeData("bad")}': failed to mount local volume: mount /no/such/directory:{_paths.VolumeData("bad")}, flags: 0x1000: no such file or directory", failure.Message);
        Assert.False(MountCalls.IsMountPoint(_paths.VolumeData("good")));
    }

    public void Dispose()
    {
        _store.Dispose();
        _scratch.Dispose();
    }

    private static ContainerMount Mount(string volume) => new() { Type = "volume", Destination = "/data", VolumeName = volume, Anonymous = true };

    private Task<Volume> CreateAsync(string name, IReadOnlyDictionary<string, string>? labels = null, IReadOnlyDictionary<string, string>? options = null) =>
        _volumes.CreateAsync(new VolumeCreateRequest { Name = name, Labels = labels, DriverOpts = options }, CancellationToken.None);

    private string[] Names(string? filter = null, string value = "")
    {
        var filters = new Filters();
        if (filter is not null)
        {
            filters.Add(filter, value);
        }

        return [.. _volumes.List(filters).Volumes!.Select(volume => volume.Name)];
    }

    private void Restart()
    {
        _store.Dispose();
        (_store, _events, _volumes) = Start();
    }

    private (StateStore, EventBus, VolumeService) Start()
    {
        StateStore store = StateStore.Open(_paths.StateDatabase);
        var events = new EventBus(TimeProvider.System);
        var volumes = new VolumeService(_paths, store, events, TimeProvider.System, NullLogger<VolumeService>.Instance);
        volumes.Restore();
        return (store, events, volumes);
    }
}
