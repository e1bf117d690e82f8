using System.Text.Json.Serialization;

namespace Berth.Registry;

/// <summary>One row of the table: the code on the wire, its sentence and the HTTP status.</summary>
internal sealed record RegistryFault(string Code, string Sentence, int Status);

/// <summary>
/// Everything that a client can be refused with. Source: OCI distribution-spec, "Error Codes";
/// sentences as distribution has them, registry/api/errcode/register.go, since clients print them.
/// </summary>
internal static class RegistryErrors
{
    public static readonly RegistryFault BlobUnknown = new("BLOB_UNKNOWN", "blob unknown to registry", 404);
    public static readonly RegistryFault BlobUploadInvalid = new("BLOB_UPLOAD_INVALID", "blob upload invalid", 400);
    public static readonly RegistryFault BlobUploadOutOfOrder = new("BLOB_UPLOAD_INVALID", "blob upload chunk out of order", 416);
    public static readonly RegistryFault BlobUploadUnknown = new("BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry", 404);
    public static readonly RegistryFault DigestInvalid = new("DIGEST_INVALID", "provided digest did not match uploaded content", 400);
    public static readonly RegistryFault ManifestBlobUnknown = new("MANIFEST_BLOB_UNKNOWN", "blob unknown to registry", 404);
    public static readonly RegistryFault ManifestInvalid = new("MANIFEST_INVALID", "manifest invalid", 400);
    public static readonly RegistryFault ManifestTooLarge = new("SIZE_INVALID", "manifest exceeds the size limit", 413);
    public static readonly RegistryFault ManifestUnknown = new("MANIFEST_UNKNOWN", "manifest unknown", 404);
    public static readonly RegistryFault NameInvalid = new("NAME_INVALID", "invalid repository name", 400);
    public static readonly RegistryFault NameUnknown = new("NAME_UNKNOWN", "repository name not known to registry", 404);
    public static readonly RegistryFault SizeInvalid = new("SIZE_INVALID", "provided length did not match content length", 400);
    public static readonly RegistryFault TagInvalid = new("MANIFEST_INVALID", "invalid tag", 400);
    public static readonly RegistryFault RangeInvalid = new("BLOB_UNKNOWN", "requested range not satisfiable", 416);
    public static readonly RegistryFault PageInvalid = new("UNSUPPORTED", "invalid number of results requested", 400);
    public static readonly RegistryFault Unsupported = new("UNSUPPORTED", "The operation is unsupported.", 405);
    public static readonly RegistryFault NotFound = new("UNSUPPORTED", "no such endpoint", 404);

    /// <summary>The name of an error that no code of the specification fits, as distribution has it.</summary>
    public static readonly RegistryFault Unknown = new("UNKNOWN", "unknown error", 500);

    /// <summary>By its own status, since clients that look at no body print that: 507 Insufficient Storage.</summary>
    public static readonly RegistryFault DiskFull = new("UNKNOWN", Linux.DiskFull.Reason, 507);

    public static readonly IReadOnlyList<RegistryFault> All =
    [
        BlobUnknown, BlobUploadInvalid, BlobUploadOutOfOrder, BlobUploadUnknown, DigestInvalid, ManifestBlobUnknown, ManifestInvalid, ManifestTooLarge,
        ManifestUnknown, NameInvalid, NameUnknown, SizeInvalid, TagInvalid, RangeInvalid, PageInvalid, Unsupported, NotFound, Unknown, DiskFull,
    ];
}

/// <summary>A request ends here with a row of <see cref="RegistryErrors"/>.</summary>
internal sealed class RegistryFailure(RegistryFault fault, string? detail = null) : Exception(detail ?? fault.Sentence)
{
    public RegistryFault Fault { get; } = fault;

    /// <summary>What exactly: the digest, the name. Null where the sentence says all.</summary>
    public string? Detail { get; } = detail;
}

internal sealed record ErrorBody([property: JsonPropertyName("errors")] IReadOnlyList<ErrorEntry> Errors)
{
    public static ErrorBody Of(RegistryFault fault, string? detail) => new([new ErrorEntry(fault.Code, fault.Sentence, detail)]);
}

internal sealed record ErrorEntry(
    [property: JsonPropertyName("code")] string Code,
    [property: JsonPropertyName("message")] string Message,
    [property: JsonPropertyName("detail")] string? Detail);
