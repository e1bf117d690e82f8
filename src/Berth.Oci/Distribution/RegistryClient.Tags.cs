using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Berth.Oci.Distribution;

public sealed partial class RegistryClient
{
    private const int LargestPage = 16 << 20;

    /// <summary>The repository's tags in the registry's order, page by page.</summary>
    public async IAsyncEnumerable<string> ListTagsAsync([EnumeratorCancellation] CancellationToken ct)
    {
        var page = new Uri(Endpoint.BaseAddress, $"/v2/{Repository}/tags/list");
        while (true)
        {
            using HttpResponseMessage response = await SendAsync(HttpMethod.Get, page, PullScope, null, ct).ConfigureAwait(false);
            await RequireAsync(response, HttpStatusCode.OK, ct).ConfigureAwait(false);
            TagList list = Parse(await _transport.ReadBodyAsync(response, LargestPage, ct).ConfigureAwait(false));
            foreach (string tag in list.Tags ?? [])
            {
                yield return tag;
            }

            if (NextPage(response, page) is not { } next || list.Tags is not { Count: > 0 })
            {
                yield break;
            }

            page = next;
        }
    }

    private TagList Parse(byte[] body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, DistributionJson.Default.TagList) ?? new TagList();
        }
        catch (JsonException e)
        {
            throw new RegistryException($"{Endpoint.BaseAddress.Authority}: the answer is no list of tags", e);
        }
    }

    // RFC 8288: Link: </v2/…?n=…&last=…>; rel="next". A page elsewhere than on the registry itself is not asked for.
    private Uri? NextPage(HttpResponseMessage response, Uri page)
    {
        string? link = HeaderOf(response, "Link");
        int start = link?.IndexOf('<', StringComparison.Ordinal) ?? -1;
        int end = link?.IndexOf('>', StringComparison.Ordinal) ?? -1;
        if (link is null || start < 0 || end < start || !link.Contains("rel=\"next\"", StringComparison.Ordinal))
        {
            return null;
        }

        var next = new Uri(page, link[(start + 1)..end]);
        return Endpoint.IsSameOrigin(next) ? next
            : throw new RegistryException($"{Endpoint.BaseAddress.Authority} continues its list of tags on another host: {next.Authority}");
    }
}
