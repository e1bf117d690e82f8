using System.Formats.Tar;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Api.Events;
using Berth.Engine.Containers;
using Berth.Engine.Images;
using Berth.Engine.Networks;
using Berth.Linux.Mounts;
using Berth.Linux.Namespaces;
using Berth.Runtime;
using Berth.TestHost;
using Berth.TestHost.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Engine.Tests.Containers;

/// <summary>
/// A whole engine on directories and a network namespace of its own, with real mounts, images, volumes and networks. Only processes are
/// pretended, and time stands still until the test moves it.
/// </summary>
internal sealed class TestEngine : IAsyncDisposable
{
    public const Needs Needs = TestHost.Needs.Root | TestHost.Needs.Overlay | TestHost.Needs.Network;
    public const string Image = "bb:1";

    private readonly ScratchDirectory _scratch = new();
    private readonly string _host;
    private ServiceProvider _services = null!;

    private TestEngine()
    {
        _host = _scratch.File("host");
        NetNamespace.Create(_host, _ => true);
        Options = new EngineOptions
        {
            DataRoot = _scratch.File("data"),
            ExecRoot = _scratch.File("exec"),
            DefaultRuntime = "fake",
            Runtimes = new Dictionary<string, RuntimeOption> { ["fake"] = new("/bin/false", []) },
        };
    }

    public EngineOptions Options { get; private set; }
    public FakeRuntime Runtime { get; } = new();
    public FakeTimeProvider Time { get; } = new(TimeProvider.System.GetUtcNow());
    public BerthEngine Engine { get; private set; } = null!;
    public ContainerService Containers => Engine.Containers;
    public ContainerTable Table => Get<ContainerTable>();
    public EnginePaths Paths => Get<EnginePaths>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    public static async Task<TestEngine> StartAsync(Func<EngineOptions, EngineOptions>? configure = null)
    {
        var engine = new TestEngine();
        engine.Options = configure?.Invoke(engine.Options) ?? engine.Options;
        try
        {
            await engine.BeginAsync();
            await engine.ImportAsync();
            return engine;
        }
        catch
        {
            await engine.DisposeAsync();
            throw;
        }
    }

    /// <summary>The daemon is gone; its containers run on. To the next one a crash looks the same, but for what a test has falsified.</summary>
    public async Task CrashAsync()
    {
        await Engine.StopAsync();
        await _services.DisposeAsync();
    }

    /// <summary>A new daemon on the same directories.</summary>
    public async Task BeginAsync()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddBerthEngine(Options);
        services.AddSingleton(_ => new HostNetwork(_host));
        services.AddSingleton<IContainerRuntime>(Runtime);
        _services = services.BuildServiceProvider();
        Engine = Get<BerthEngine>();
        await Engine.StartAsync(CancellationToken.None);
    }

    public async Task<string> CreateAsync(string? name = null, Func<ContainerCreateRequest, ContainerCreateRequest>? change = null)
    {
        var request = new ContainerCreateRequest { Image = Image, HostConfig = new HostConfig { NetworkMode = "none" } };
        return (await Containers.CreateAsync(name, null, change?.Invoke(request) ?? request, CancellationToken.None)).Id;
    }

    public async Task<string> RunAsync(string? name = null, Func<HostConfig, HostConfig>? change = null)
    {
        string id = await CreateAsync(name, r => r with { HostConfig = change?.Invoke(r.HostConfig!) ?? r.HostConfig });
        await Containers.StartAsync(id, CancellationToken.None);
        return id;
    }

    public ContainerRunState StateOf(string id) => Table.Get(id).State;

    /// <summary>Waits, in real time, for what happens behind the test's back.</summary>
    public static async Task EventuallyAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>Moves the test's time on, a second at once, until what waits for it has come about.</summary>
    public async Task AdvanceUntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await Task.Delay(5, limit.Token);
        }
    }

    /// <summary>All events so far, as <c>type action</c>.</summary>
    public async Task<List<string>> EventsAsync(string type = "container")
    {
        var events = new List<string>();
        await foreach (EventMessage message in Engine.Events.SubscribeAsync(Filters.None, Time.GetUtcNow().AddDays(-1), Time.GetUtcNow(), CancellationToken.None))
        {
            if (message.Type == type)
            {
                events.Add(message.Action!);
            }
        }

        return events;
    }

    /// <summary>The host has of containers what it had: interfaces and their namespaces go a moment after their container.</summary>
    public async Task NothingLeftButAsync(IReadOnlyList<string> before)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!Leftovers().SequenceEqual(before) && !limit.IsCancellationRequested)
        {
            await Task.Delay(5, CancellationToken.None);
        }

        Assert.Equal(before, Leftovers());
    }

    /// <summary>What the host has of any container: directories, mounts, pinned namespaces.</summary>
    public IReadOnlyList<string> Leftovers()
    {
        IEnumerable<string> files = new[] { Paths.Containers, Paths.Bundles, Path.Combine(Paths.Snapshots, "containers") }
            .Where(Directory.Exists).SelectMany(Directory.EnumerateDirectories);
        IEnumerable<string> pins = Directory.EnumerateFiles(Paths.NetworkNamespaces);
        return [.. files.Concat(pins).Concat(MountsBelow(_scratch.Path).Where(m => m != _host))];
    }

    public async ValueTask DisposeAsync()
    {
        if (_services is not null)
        {
            await Engine.StopAsync();
            await _services.DisposeAsync();
        }

        foreach (string mount in MountsBelow(_scratch.Path).Reverse())
        {
            MountCalls.Unmount(mount, lazy: true);
        }

        _scratch.Dispose();
    }

    private static IReadOnlyList<string> MountsBelow(string directory) =>
        [.. MountInfo.Read().Select(m => m.MountPoint).Where(m => m.StartsWith(directory + "/", StringComparison.Ordinal))];

    private async Task ImportAsync()
    {
        using var archive = new MemoryStream();
        await using (var writer = new TarWriter(archive, TarEntryFormat.Pax, leaveOpen: true))
        {
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, "data"));
            await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.RegularFile, "data/file") { DataStream = new MemoryStream("image's"u8.ToArray()) });
        }

        archive.Position = 0;
        var request = new ImportRequest { Source = "-", Repository = "bb", Tag = "1", Changes = ["CMD [\"sleep\", \"100\"]", "ENV A=1", "LABEL l=x", "EXPOSE 80"] };
        await Engine.Images.ImportAsync(request, archive, new Progress<JsonMessage>(), CancellationToken.None);
    }
}
