using System.Collections.Concurrent;
using Berth.Api;
using Berth.Api.Events;
using Berth.Engine.Events;
using Berth.Engine.Images;
using Berth.Engine.Snapshots;
using Berth.Oci.Content;
using Berth.Oci.Distribution;
using Berth.TestHost;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Engine.Tests.Images;

/// <summary>An image service with its own data root, which can be closed and opened again as a daemon is.</summary>
internal sealed class ImageHost : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly EngineOptions _options;
    private StateStore _state;
    private RegistryConnector _connector;

    public ImageHost(Func<EngineOptions, EngineOptions>? configure = null, string? dataRoot = null)
    {
        _options = new EngineOptions { DataRoot = dataRoot ?? _scratch.File("data"), ExecRoot = _scratch.File("run") };
        _options = configure?.Invoke(_options) ?? _options;
        Paths = new EnginePaths(_options);
        Open();
    }

    public EnginePaths Paths { get; }
    public IContentStore Content { get; private set; }
    public ISnapshotter Snapshotter { get; private set; }
    public EventBus Events { get; private set; }
    public ImageService Images { get; private set; }

    public void Reopen()
    {
        Close();
        Open();
    }

    public async Task<List<JsonMessage>> PullAsync(string image, string? tag, string? platform = null, CancellationToken ct = default)
    {
        var progress = new Collector();
        await Images.PullAsync(image, tag, platform, null, progress, ct);
        return [.. progress.Messages];
    }

    public async Task<List<JsonMessage>> PushAsync(string image, string? tag)
    {
        var progress = new Collector();
        await Images.PushAsync(image, tag, null, null, progress, CancellationToken.None);
        return [.. progress.Messages];
    }

    public async Task<string> ImportAsync(byte[] archive, string? repository, string? tag = null, params string[] changes)
    {
        var progress = new Collector();
        await Images.ImportAsync(
            new ImportRequest { Source = "-", Repository = repository, Tag = tag, Changes = changes }, new MemoryStream(archive), progress, CancellationToken.None);
        return progress.Messages.Last().Status!;
    }

    /// <summary>Files below the data root that make up blobs and layers.</summary>
    public IEnumerable<string> ContentFiles() =>
        Directory.EnumerateFiles(Paths.Content, "*", SearchOption.AllDirectories).Select(p => Path.GetRelativePath(Paths.Content, p));

    public async Task<List<EventMessage>> PastEventsAsync()
    {
        var events = new List<EventMessage>();
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        await foreach (EventMessage message in Events.SubscribeAsync(Filters.None, now.AddMinutes(-10), now.AddMilliseconds(1), CancellationToken.None))
        {
            events.Add(message);
        }

        return events;
    }

    public void Dispose()
    {
        Close();
        _scratch.Dispose();
    }

    private void Close()
    {
        Images.Dispose();
        _connector.Dispose();
        _state.Dispose();
    }

    [System.Diagnostics.CodeAnalysis.MemberNotNull(
        nameof(_state), nameof(_connector), nameof(Content), nameof(Snapshotter), nameof(Events), nameof(Images))]
    private void Open()
    {
        Paths.Create();
        _state = StateStore.Open(Paths.StateDatabase);
        _connector = new RegistryConnector(TimeProvider.System);
        Content = LocalContent.Open(Paths, TimeProvider.System);
        Snapshotter = new OverlaySnapshotter(Paths.Snapshots);
        Events = new EventBus(TimeProvider.System);
        Images = new ImageService(
            _options, _state, Content, Snapshotter, _connector, Events, TimeProvider.System, NullLogger<ImageService>.Instance);
        Images.RestoreAsync(CancellationToken.None).GetAwaiter().GetResult();
    }

    private sealed class Collector : IProgress<JsonMessage>
    {
        public ConcurrentQueue<JsonMessage> Messages { get; } = new();

        public void Report(JsonMessage value) => Messages.Enqueue(value);
    }
}
