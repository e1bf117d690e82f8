using Berth.Api;
using Berth.Api.Images;

namespace Berth.Engine.Images;

public sealed partial class ImageService
{
    public Task PullAsync(string fromImage, string? tag, string? platform, AuthConfig? credentials, IProgress<JsonMessage> progress, CancellationToken ct) => throw new NotImplementedException();
    public Task PushAsync(string name, string? tag, string? platform, AuthConfig? credentials, IProgress<JsonMessage> progress, CancellationToken ct) => throw new NotImplementedException();
    public Task<IReadOnlyList<ImageSummary>> ListAsync(bool all, bool sharedSize, bool manifests, Filters filters, CancellationToken ct) => throw new NotImplementedException();
    public Task<ImageInspect> InspectAsync(string nameOrId, string? platform, bool manifests, CancellationToken ct) => throw new NotImplementedException();
    public Task<IReadOnlyList<ImageHistoryItem>> HistoryAsync(string nameOrId, string? platform, CancellationToken ct) => throw new NotImplementedException();
    public Task<IReadOnlyList<ImageDeleteItem>> RemoveAsync(string nameOrId, bool force, bool prune, CancellationToken ct) => throw new NotImplementedException();
}
