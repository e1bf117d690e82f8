namespace Berth.Registry.Endpoints;

internal static class TagEndpoints
{
    private const int LargestPage = 10_000;

    /// <summary><c>GET /v2/NAME/tags/list?n=&amp;last=</c>.</summary>
    public static Task ListAsync(RegistryRequest request)
    {
        int size = request.PageSize(LargestPage);
        IReadOnlyList<string> tags = request.Storage.ListTags(request.Repository, request.Query("last"), size == 0 ? 0 : size + 1)
            ?? throw new RegistryFailure(RegistryErrors.NameUnknown, request.Repository);
        if (tags.Count > size)
        {
            tags = [.. tags.Take(size)];
            request.LinkNext($"last={Uri.EscapeDataString(tags[^1])}&n={size}");
        }

        return request.WriteJsonAsync(new TagsBody(request.Repository, tags), RegistryJson.Default.TagsBody);
    }
}
