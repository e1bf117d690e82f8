using System.Net;
using System.Net.Http.Headers;

namespace Berth.Oci.Distribution;

public sealed partial class RegistryClient
{
    /// <summary>Bytes; larger manifests are refused. Registries accept 4 MiB and some more.</summary>
    public const int LargestManifest = 8 << 20;

    /// <summary>The manifest or index behind a tag or digest: its bytes as sent, verified, and what they are.</summary>
    /// <exception cref="RegistryException">Also: the bytes do not hash to the digest asked for or named, or their media type is ambiguous.</exception>
    public async Task<(Descriptor Descriptor, byte[] Content)> GetManifestAsync(string tagOrDigest, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Get, ManifestPath(tagOrDigest), PullScope, AcceptManifests, ct).ConfigureAwait(false);
        await RequireManifestAsync(response, ct).ConfigureAwait(false);
        byte[] content = await _transport.ReadBodyAsync(response, LargestManifest, ct).ConfigureAwait(false);
        // Hash before parse: nothing of an unverified body is looked at.
        Digest digest = Verify(tagOrDigest, content, HeaderOf(response, "Docker-Content-Digest"));
        string mediaType = ManifestMediaType.Of(content, response.Content.Headers.ContentType?.MediaType);
        return (new Descriptor { MediaType = mediaType, Digest = digest, Size = content.Length }, content);
    }

    /// <summary>What is behind a tag or digest without fetching it; null where nothing is.</summary>
    public async Task<Descriptor?> HeadManifestAsync(string tagOrDigest, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Head, ManifestPath(tagOrDigest), PullScope, AcceptManifests, ct).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await RequireAsync(response, HttpStatusCode.OK, ct).ConfigureAwait(false);
        string? mediaType = response.Content.Headers.ContentType?.MediaType;
        if (Digest.TryParse(HeaderOf(response, "Docker-Content-Digest"), out Digest digest)
            && response.Content.Headers.ContentLength is { } size && mediaType is not null)
        {
            return new Descriptor { MediaType = mediaType, Digest = digest, Size = size };
        }

        // Registries from before the header was required: the bytes tell.
        return (await GetManifestAsync(tagOrDigest, ct).ConfigureAwait(false)).Descriptor;
    }

    /// <summary>Pushes a manifest under a tag or under its digest, byte for byte.</summary>
    public async Task<Digest> PutManifestAsync(string tagOrDigest, string mediaType, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        Digest digest = Digest.TryParse(tagOrDigest, out Digest asked) ? asked : Digest.Of(content.Span);
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Put,
            ManifestPath(tagOrDigest),
            PushScope,
            request => request.Content = new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
            ct).ConfigureAwait(false);
        await RequireAsync(response, HttpStatusCode.Created, ct).ConfigureAwait(false);
        return HeaderOf(response, "Docker-Content-Digest") is { } answered && answered != digest.ToString()
            ? throw new RegistryException($"{Endpoint.BaseAddress.Authority} stored {RegistryError.Printable(answered)} where {digest} was pushed")
            : digest;
    }

    /// <summary>Removes a tag, or a manifest with all its tags.</summary>
    public async Task DeleteManifestAsync(string tagOrDigest, CancellationToken ct)
    {
        using HttpResponseMessage response = await SendAsync(
            HttpMethod.Delete, ManifestPath(tagOrDigest), [$"repository:{Repository}:pull,push,delete"], null, ct).ConfigureAwait(false);
        await RequireAsync(response, HttpStatusCode.Accepted, ct).ConfigureAwait(false);
    }

    private async Task RequireManifestAsync(HttpResponseMessage response, CancellationToken ct)
    {
        if (response.StatusCode == HttpStatusCode.OK)
        {
            return;
        }

        RegistryException refusal = await _transport.RefusalAsync(response, ct).ConfigureAwait(false);
        // A 404 without a body from a registry still means that the manifest is unknown.
        throw refusal is { Status: HttpStatusCode.NotFound, Code: RegistryError.Unknown }
            ? new RegistryException(HttpStatusCode.NotFound, [RegistryError.Of(RegistryError.ManifestUnknown)])
            : refusal;
    }

    private Digest Verify(string tagOrDigest, byte[] content, string? named)
    {
        bool isAsked = Digest.TryParse(tagOrDigest, out Digest expected);
        if (!isAsked && named is not null && !Digest.TryParse(named, out expected))
        {
            throw new RegistryException($"{Endpoint.BaseAddress.Authority} names an invalid digest for {tagOrDigest}");
        }

        if (expected.IsDefault)
        {
            return Digest.Of(content);
        }

        return expected.Matches(content) ? expected
            : throw new RegistryException($"manifest verification failed for digest {expected}");
    }

    private static void AcceptManifests(HttpRequestMessage request)
    {
        foreach (string mediaType in (string[])[MediaTypes.OciIndex, MediaTypes.OciManifest, MediaTypes.DockerManifestList, MediaTypes.DockerManifest])
        {
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(mediaType));
        }
    }

    private string ManifestPath(string tagOrDigest) => $"/v2/{Repository}/manifests/{tagOrDigest}";
}
