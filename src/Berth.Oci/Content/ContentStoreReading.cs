using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Oci.Content;

/// <summary>Small documents in and out of a content store.</summary>
public static class ContentStoreReading
{
    /// <summary>Largest manifest, index or config that is read, in bytes. Source: containerd remotes/docker, MaxManifestSize is 8 MiB.</summary>
    public const int MaximumDocumentSize = 8 << 20;

    /// <exception cref="InvalidDataException">It is larger than any document may be, or its bytes are not what the digest says.</exception>
    public static byte[] ReadAll(this IContentStore store, Digest digest)
    {
        using Stream stream = store.OpenRead(digest);
        if (stream.Length > MaximumDocumentSize)
        {
            throw new InvalidDataException($"{digest} has {stream.Length} bytes, more than a manifest or config may have");
        }

        byte[] content = new byte[stream.Length];
        stream.ReadExactly(content);
        return digest.Matches(content) ? content : throw new InvalidDataException($"the stored content of {digest} is damaged");
    }

    /// <exception cref="InvalidDataException">The content is no such document.</exception>
    public static T ReadDocument<T>(this IContentStore store, Digest digest, JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(store.ReadAll(digest), type) ?? throw new InvalidDataException($"{digest} is null");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{digest} is no valid {typeof(T).Name}: {e.Message}", e);
        }
    }

    /// <summary>Stores bytes under their digest, unless they are there.</summary>
    public static async ValueTask<Digest> WriteAsync(this IContentStore store, ReadOnlyMemory<byte> content, CancellationToken ct)
    {
        Digest digest = Digest.Of(content.Span);
        if (store.SizeOf(digest) is not null)
        {
            return digest;
        }

        await using Ingest ingest = store.BeginIngest(digest);
        await ingest.WriteAsync(content, ct).ConfigureAwait(false);
        return await ingest.CommitAsync(ct).ConfigureAwait(false);
    }
}
