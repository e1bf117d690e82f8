using Berth.Engine.Events;
using Berth.Engine.Snapshots;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Distribution;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Images;

/// <summary>The local image cache and the way to and from registries.</summary>
public sealed partial class ImageService : IDisposable
{
    private readonly EngineOptions _options;
    private readonly RegistryConnector _registries;
    private readonly HttpMessageInvoker _transport;
    private readonly IContentStore _content;
    private readonly ISnapshotter _snapshotter;
    private readonly EventBus _events;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly ImageStore _images;
    private readonly ImageDocuments _documents;
    private readonly ContentCollector _collector;
    private readonly LayerPuller _puller;

    internal ImageService(
        EngineOptions options,
        StateStore state,
        IContentStore content,
        ISnapshotter snapshotter,
        RegistryConnector registries,
        EventBus events,
        TimeProvider time,
        ILogger<ImageService> logger)
    {
        (_options, _content, _snapshotter, _events, _time, _logger) = (options, content, snapshotter, events, time, logger);
        _registries = registries;
        _transport = new HttpMessageInvoker(new SocketsHttpHandler { UseCookies = false });
        _images = new ImageStore(state);
        _documents = new ImageDocuments(content);
        _collector = new ContentCollector(content, snapshotter, _images, _documents, logger);
        _puller = new LayerPuller(options, content, snapshotter, time, logger);
    }

    /// <summary>Which containers were made from an image, and whether they run; set by who knows.</summary>
    internal Func<Digest, IReadOnlyList<(string Id, bool Running)>> ContainersOf { get; set; } = _ => [];

    /// <summary>Where blobs and layers are kept, for those who make layers themselves: the builder.</summary>
    internal IContentStore Content => _content;

    internal ISnapshotter Snapshotter => _snapshotter;

    internal ContentCollector Collector => _collector;

    /// <summary>Removes what a crash left: blobs and layers that no image, container or build needs.</summary>
    internal Task RestoreAsync(CancellationToken ct)
    {
        _collector.Collect(ct);
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _transport.Dispose();
        _puller.Dispose();
    }

    private string Now => Timestamps.Format(_time.GetUtcNow());

    /// <param name="id">What the event is about: an ID, or a name for what a registry has to do with it, as moby has it.</param>
    private void Publish(string action, string id, string name, ImageRecord? image)
    {
        IReadOnlyDictionary<string, string> labels = (image is null ? null : TryConfig(image)?.Config.Config?.Labels) ?? new Dictionary<string, string>();
        _events.Publish("image", action, id, new Dictionary<string, string>(labels, StringComparer.Ordinal) { ["name"] = name });
    }

    private void Publish(string action, string id, string name, Digest image) =>
        Publish(action, id, name, _images.Table.Images.GetValueOrDefault(image));
}
