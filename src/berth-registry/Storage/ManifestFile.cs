using System.Text;
using Berth.Oci;
using Microsoft.Win32.SafeHandles;

namespace Berth.Registry.Storage;

/// <summary>How a manifest lies on the disk: <c>DIGEST MEDIA-TYPE\n</c>, then its bytes. One file, so that type and content cannot part.</summary>
internal static class ManifestFile
{
    private const int LongestHead = 512;

    public static byte[] Write(StoredManifest manifest)
    {
        byte[] head = Encoding.ASCII.GetBytes($"{manifest.Digest} {manifest.MediaType}\n");
        return [.. head, .. manifest.Content];
    }

    /// <exception cref="InvalidDataException">The file is damaged: the bytes are not those of the digest.</exception>
    public static StoredManifest Read(SafeFileHandle file)
    {
        byte[] bytes = new byte[RandomAccess.GetLength(file)];
        int filled = 0;
        int count;
        while (filled < bytes.Length && (count = RandomAccess.Read(file, bytes.AsSpan(filled), filled)) > 0)
        {
            filled += count;
        }

        (Digest digest, string mediaType, int start) = ParseHead(bytes);
        byte[] content = bytes[start..];
        return digest.Matches(content) ? new StoredManifest(digest, mediaType, content)
            : throw new InvalidDataException($"the stored manifest {digest} is damaged");
    }

    /// <summary>The digest alone, without reading the manifest.</summary>
    public static Digest ReadDigest(SafeFileHandle file)
    {
        Span<byte> head = stackalloc byte[LongestHead];
        return ParseHead(head[..RandomAccess.Read(file, head, 0)]).Digest;
    }

    private static (Digest Digest, string MediaType, int Start) ParseHead(ReadOnlySpan<byte> bytes)
    {
        int end = bytes[..Math.Min(bytes.Length, LongestHead)].IndexOf((byte)'\n');
        string[] words = end < 0 ? [] : Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        return words.Length == 2 && Digest.TryParse(words[0], out Digest digest)
            ? (digest, words[1], end + 1)
            : throw new InvalidDataException("a stored manifest has lost its first line");
    }
}
