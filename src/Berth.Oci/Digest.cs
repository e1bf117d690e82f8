using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Berth.Oci;

/// <summary>A content digest, such as <c>sha256:e3b0…</c>. An instance other than <c>default</c> always is well-formed.</summary>
/// <remarks>Source: OCI image-spec, descriptor.md, "Digests". sha256 and sha512 are the registered algorithms that are verified here.</remarks>
[JsonConverter(typeof(DigestJsonConverter))]
public readonly record struct Digest : IComparable<Digest>
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    private readonly string? _text;

    private Digest(string text) => _text = text;

    public string Algorithm => ToString().Split(':')[0];

    public string Hex => ToString()[(ToString().IndexOf(':', StringComparison.Ordinal) + 1)..];

    public bool IsDefault => _text is null;

    /// <exception cref="FormatException">The text is no digest of a supported algorithm.</exception>
    public static Digest Parse(string text) =>
        TryParse(text, out Digest digest) ? digest : throw new FormatException($"invalid digest: {text}");

    public static bool TryParse([NotNullWhen(true)] string? text, out Digest digest)
    {
        digest = default;
        if (text is null)
        {
            return false;
        }

        int hexLength = text.StartsWith("sha256:", StringComparison.Ordinal) ? 64
            : text.StartsWith("sha512:", StringComparison.Ordinal) ? 128 : 0;
        if (hexLength == 0 || text.Length != 7 + hexLength || text.AsSpan(7).ContainsAnyExcept(LowerHex))
        {
            return false;
        }

        digest = new Digest(text);
        return true;
    }

    public static Digest FromSha256(ReadOnlySpan<byte> hash) => new("sha256:" + Convert.ToHexStringLower(hash));

    public static Digest FromSha512(ReadOnlySpan<byte> hash) => new("sha512:" + Convert.ToHexStringLower(hash));

    /// <summary>The sha256 digest of <paramref name="content"/>.</summary>
    public static Digest Of(ReadOnlySpan<byte> content) => FromSha256(SHA256.HashData(content));

    /// <summary>Whether <paramref name="content"/> hashes to this digest, by this digest's own algorithm.</summary>
    public bool Matches(ReadOnlySpan<byte> content) =>
        this == (Algorithm == "sha512" ? FromSha512(SHA512.HashData(content)) : Of(content));

    public int CompareTo(Digest other) => string.CompareOrdinal(_text, other._text);

    public override string ToString() => _text ?? "";

    public static bool operator <(Digest left, Digest right) => left.CompareTo(right) < 0;
    public static bool operator >(Digest left, Digest right) => left.CompareTo(right) > 0;
    public static bool operator <=(Digest left, Digest right) => left.CompareTo(right) <= 0;
    public static bool operator >=(Digest left, Digest right) => left.CompareTo(right) >= 0;
}

/// <summary>Public because other assemblies generate JSON code for records with digests.</summary>
public sealed class DigestJsonConverter : JsonConverter<Digest>
{
    public override Digest Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Digest.TryParse(reader.GetString(), out Digest digest) ? digest : throw new JsonException("invalid digest");

    public override void Write(Utf8JsonWriter writer, Digest value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
