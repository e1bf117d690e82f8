using System.Text.Json;
using Berth.Api;
using Berth.Api.Images;

namespace Berth.Client;

public sealed partial class BerthClient
{
    /// <summary>The header that carries credentials: base64url of their JSON.</summary>
    internal const string RegistryAuthHeader = "X-Registry-Auth";

    public IReadOnlyList<ImageSummary> ListImages(bool all = false, Filters? filters = null, bool digests = false) =>
        Get("/images/json" + new QueryString().Add("all", all).Add("digests", digests).Add("filters", filters),
            ApiJson.Default.IReadOnlyListImageSummary);

    /// <param name="platform">An image's one platform, as JSON of the API 1.49; null for the daemon's.</param>
    public JsonElement InspectImageRaw(string name, string? platform = null) =>
        GetRaw($"/images/{EscapeName(name)}/json" + new QueryString().Add("platform", platform));

    public IReadOnlyList<ImageHistoryItem> ImageHistory(string name, string? platform = null) =>
        Get($"/images/{EscapeName(name)}/history" + new QueryString().Add("platform", platform),
            ApiJson.Default.IReadOnlyListImageHistoryItem);

    /// <summary>Yields the daemon's progress as it comes; a failure after the first line is a line with <see cref="JsonMessage.ErrorDetail"/>.</summary>
    /// <param name="tag">A tag or a digest; null for all tags.</param>
    /// <param name="registryAuth">Credentials as <c>X-Registry-Auth</c> wants them; null for none.</param>
    public IEnumerable<JsonMessage> PullImage(string repository, string? tag, string? platform = null, string? registryAuth = null) =>
        JsonLines.Read(Send("POST", "/images/create" + new QueryString().Add("fromImage", repository)
            .Add("platform", platform).Add("tag", tag), headers: AuthHeader(registryAuth)).Body, ApiJson.Default.JsonMessage);

    /// <param name="platform">One platform of the image, as JSON; null for all that is there.</param>
    public IEnumerable<JsonMessage> PushImage(string repository, string? tag, string? platform = null, string? registryAuth = null) =>
        JsonLines.Read(Send("POST", $"/images/{EscapeName(repository)}/push" + new QueryString().Add("platform", platform).Add("tag", tag),
            headers: AuthHeader(registryAuth)).Body, ApiJson.Default.JsonMessage);

    /// <param name="archive">Streamed as it is read; null where <see cref="ImportOptions.Source"/> is a URL.</param>
    public IEnumerable<JsonMessage> ImportImage(ImportOptions options, Stream? archive) =>
        JsonLines.Read(Send("POST", "/images/create" + new QueryString().AddEach("changes", options.Changes)
                .Add("fromSrc", options.Source).Add("message", options.Message).Add("platform", options.Platform)
                .Add("repo", options.Repository).Add("tag", options.Tag), bodyStream: archive,
            headers: ("Content-Type", "text/plain")).Body, ApiJson.Default.JsonMessage);

    public void TagImage(string source, string repository, string tag) =>
        Do("POST", $"/images/{EscapeName(source)}/tag" + new QueryString().Add("repo", repository).Add("tag", tag));

    public IReadOnlyList<ImageDeleteItem> RemoveImage(string name, bool force = false, bool keepParents = false,
        IReadOnlyList<string>? platforms = null) =>
        Read(Send("DELETE", $"/images/{EscapeName(name)}" + new QueryString().Add("force", force).Add("noprune", keepParents)
            .AddEach("platforms", platforms)), ApiJson.Default.IReadOnlyListImageDeleteItem);

    private static (string, string)[] AuthHeader(string? registryAuth) =>
        registryAuth is null ? [("Content-Type", "text/plain")] : [("Content-Type", "text/plain"), (RegistryAuthHeader, registryAuth)];

    // An image's name is a path: its slashes stay.
    private static string EscapeName(string name) => Escape(name).Replace("%2F", "/", StringComparison.Ordinal)
        .Replace("%3A", ":", StringComparison.Ordinal).Replace("%40", "@", StringComparison.Ordinal);
}
