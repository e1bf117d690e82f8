using System.Net;

namespace Berth.Registry;

/// <summary>How a registry is run.</summary>
public sealed record RegistryOptions
{
    public const int DefaultPort = 5000;

    public IPEndPoint Address { get; init; } = new(IPAddress.Loopback, DefaultPort);

    /// <summary>The directory that holds everything; null for a registry that forgets all when it ends.</summary>
    public string? Root { get; init; }

    /// <summary>PEM files; both or neither.</summary>
    public string? TlsCertificate { get; init; }

    public string? TlsKey { get; init; }

    /// <summary>Refuses every push and deletion.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>Refuses to delete tags, manifests and blobs alike.</summary>
    public bool RefusesDeletion { get; init; }

    /// <summary>Bytes. The specification asks for at least 4 MiB.</summary>
    public int LargestManifest { get; init; } = 8 << 20;

    /// <summary>An upload that got no byte for this long is given up.</summary>
    public TimeSpan UploadLife { get; init; } = TimeSpan.FromHours(24);

    /// <summary>A blob that no manifest names is kept this long after it was last pushed, mounted or asked for.</summary>
    public TimeSpan BlobGrace { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often uploads and blobs that nobody wants are looked for.</summary>
    public TimeSpan CollectionInterval { get; init; } = TimeSpan.FromHours(1);
}
