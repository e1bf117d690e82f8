using System.Text.RegularExpressions;
using Berth.Registry.Storage;

namespace Berth.Registry.Endpoints;

/// <summary>Path and method to endpoint. Repositories have slashes in their names, so a path is read from its end.</summary>
internal static partial class RegistryRouter
{
    private const string Prefix = "/v2/";
    private const int LongestName = 255;

    /// <summary>The table. Source: OCI distribution-spec, "Endpoints"; the catalog is Docker's.</summary>
    private static readonly Dictionary<(string Kind, string Method), Func<RegistryRequest, Task>> Endpoints = new()
    {
        [("ping", "GET")] = CatalogEndpoints.PingAsync,
        [("_catalog", "GET")] = CatalogEndpoints.ListAsync,
        [("discover", "GET")] = CatalogEndpoints.DiscoverAsync,
        [("blobs", "GET")] = BlobEndpoints.GetAsync,
        [("blobs", "HEAD")] = BlobEndpoints.HeadAsync,
        [("blobs", "DELETE")] = BlobEndpoints.DeleteAsync,
        [("uploads", "POST")] = UploadEndpoints.BeginAsync,
        [("upload", "GET")] = UploadEndpoints.GetAsync,
        [("upload", "PATCH")] = UploadEndpoints.AppendAsync,
        [("upload", "PUT")] = UploadEndpoints.CommitAsync,
        [("upload", "DELETE")] = UploadEndpoints.CancelAsync,
        [("manifests", "GET")] = ManifestEndpoints.GetAsync,
        [("manifests", "HEAD")] = ManifestEndpoints.GetAsync,
        [("manifests", "PUT")] = ManifestEndpoints.PutAsync,
        [("manifests", "DELETE")] = ManifestEndpoints.DeleteAsync,
        [("tags", "GET")] = TagEndpoints.ListAsync,
        [("referrers", "GET")] = ReferrerEndpoints.ListAsync,
    };

    public static Task HandleAsync(HttpContext http, IRegistryStorage storage, RegistryOptions options)
    {
        (string kind, string repository, string reference) = Parse(http.Request.Path.Value ?? "");
        string method = http.Request.Method;
        if (!Endpoints.TryGetValue((kind, method), out Func<RegistryRequest, Task>? endpoint))
        {
            if (method != "HEAD" || !Endpoints.TryGetValue((kind, "GET"), out endpoint))
            {
                http.Response.Headers.Allow = string.Join(", ", Endpoints.Keys.Where(key => key.Kind == kind).Select(key => key.Method));
                throw new RegistryFailure(RegistryErrors.Unsupported, $"{method} {http.Request.Path.Value}");
            }
        }

        return endpoint(new RegistryRequest(http, storage, options, repository, reference));
    }

    /// <exception cref="RegistryFailure">NAME_INVALID, or 404 for a path of no endpoint.</exception>
    internal static (string Kind, string Repository, string Reference) Parse(string path)
    {
        switch (path)
        {
            case "/v2" or "/v2/":
                return ("ping", "", "");
            case "/v2/_catalog":
                return ("_catalog", "", "");
            case "/v2/_oci/ext/discover":
                return ("discover", "", "");
        }

        int last = path.LastIndexOf('/');
        int before = last > 0 ? path.LastIndexOf('/', last - 1) : -1;
        if (!path.StartsWith(Prefix, StringComparison.Ordinal) || before < Prefix.Length)
        {
            throw new RegistryFailure(RegistryErrors.NotFound, path);
        }

        string reference = path[(last + 1)..];
        string kind = path[(before + 1)..last];
        string name = path[Prefix.Length..before];
        if (kind == "uploads" && name.EndsWith("/blobs", StringComparison.Ordinal))
        {
            (kind, name) = (reference.Length == 0 ? "uploads" : "upload", name[..^"/blobs".Length]);
        }
        else if (kind == "blobs" && reference == "uploads")
        {
            (kind, reference) = ("uploads", "");
        }
        else if (reference.Length == 0 || kind is not ("blobs" or "manifests" or "referrers") && (kind, reference) != ("tags", "list"))
        {
            throw new RegistryFailure(RegistryErrors.NotFound, path);
        }

        return IsName(name) ? (kind, name, reference) : throw new RegistryFailure(RegistryErrors.NameInvalid, name);
    }

    /// <summary>Source: OCI distribution-spec, "Pulling manifests", the grammar of NAME.</summary>
    public static bool IsName(string name) => name.Length <= LongestName && NameGrammar().IsMatch(name);

    public static bool IsTag(string tag) => TagGrammar().IsMatch(tag);

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex NameGrammar();

    [GeneratedRegex(@"\A[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}\z")]
    private static partial Regex TagGrammar();
}
