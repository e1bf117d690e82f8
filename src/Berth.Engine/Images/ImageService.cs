using Berth.Api;
using Berth.Api.Images;

namespace Berth.Engine.Images;

/// <summary>The local image cache and the way to and from registries.</summary>
public sealed partial class ImageService
{
    internal ImageService()
    {
    }

    internal Task RestoreAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Finds an image by name, ID, config digest or unique prefix, unpacked and ready for a container.</summary>
    /// <exception cref="EngineException">NotFound, with Docker's "No such image: …".</exception>
    internal Task<ResolvedImage> ResolveAsync(string nameOrId, string? platform, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Makes an image of a container's writable layer on top of its image's.</summary>
    internal Task<string> CommitAsync(CommitRequest request, CancellationToken ct) => throw new NotImplementedException();

    public Task PullAsync(string fromImage, string? tag, string? platform, AuthConfig? credentials, IProgress<JsonMessage> progress, CancellationToken ct) => throw new NotImplementedException();

    public Task ImportAsync(ImportRequest request, Stream archive, IProgress<JsonMessage> progress, CancellationToken ct) => throw new NotImplementedException();

    public Task PushAsync(string name, string? tag, string? platform, AuthConfig? credentials, IProgress<JsonMessage> progress, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<ImageSummary>> ListAsync(bool all, bool sharedSize, bool manifests, Filters filters, CancellationToken ct) => throw new NotImplementedException();

    public Task<ImageInspect> InspectAsync(string nameOrId, string? platform, bool manifests, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<ImageHistoryItem>> HistoryAsync(string nameOrId, string? platform, CancellationToken ct) => throw new NotImplementedException();

    public Task TagAsync(string source, string repository, string? tag, CancellationToken ct) => throw new NotImplementedException();

    public Task<IReadOnlyList<ImageDeleteItem>> RemoveAsync(string nameOrId, bool force, bool prune, CancellationToken ct) => throw new NotImplementedException();
}
