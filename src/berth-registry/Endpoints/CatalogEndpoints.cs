namespace Berth.Registry.Endpoints;

internal static class CatalogEndpoints
{
    private const int LargestPage = 1000;

    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary><c>GET /v2/</c>: whether this is a registry, and whether the client may talk to it.</summary>
    public static Task PingAsync(RegistryRequest request)
    {
        request.Response.ContentType = "application/json";
        request.Response.ContentLength = EmptyObject.Length;
        return request.IsHead ? Task.CompletedTask : request.Response.Body.WriteAsync(EmptyObject, request.Aborted).AsTask();
    }

    /// <summary><c>GET /v2/_catalog?n=&amp;last=</c>. Source: distribution, docs/content/spec/api.md, "Catalog".</summary>
    public static Task ListAsync(RegistryRequest request)
    {
        int size = request.PageSize(LargestPage);
        // One more than asked for tells whether there is a next page.
        IReadOnlyList<string> repositories = size == 0 ? [] : request.Storage.ListRepositories(request.Query("last"), size + 1);
        if (repositories.Count > size)
        {
            repositories = [.. repositories.Take(size)];
            request.LinkNext($"last={Uri.EscapeDataString(repositories[^1])}&n={size}");
        }

        return request.WriteJsonAsync(new CatalogBody(repositories), RegistryJson.Default.CatalogBody);
    }

    /// <summary><c>GET /v2/_oci/ext/discover</c>: no extensions.</summary>
    public static Task DiscoverAsync(RegistryRequest request) =>
        request.WriteJsonAsync(new ExtensionsBody([]), RegistryJson.Default.ExtensionsBody);
}
