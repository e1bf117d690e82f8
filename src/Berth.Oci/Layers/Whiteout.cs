namespace Berth.Oci.Layers;

/// <summary>How a layer says that something below is gone. Source: OCI image-spec, layer.md, "Whiteouts".</summary>
public static class Whiteout
{
    /// <summary>Begins the name of an empty file that stands for the deletion of the rest of the name.</summary>
    public static ReadOnlySpan<byte> Prefix => ".wh."u8;

    /// <summary>Name of an empty file in a directory whose lower content is hidden.</summary>
    public static ReadOnlySpan<byte> Opaque => ".wh..wh..opq"u8;

    /// <summary>AUFS's own names (<c>.wh..wh.plnk</c> and the like), which old layers carry and nobody applies.</summary>
    private static ReadOnlySpan<byte> MetadataPrefix => ".wh..wh."u8;

    public static WhiteoutKind KindOf(ReadOnlySpan<byte> name) =>
        !name.StartsWith(Prefix) ? WhiteoutKind.None
        : name.SequenceEqual(Opaque) ? WhiteoutKind.Opaque
        : name.StartsWith(MetadataPrefix) ? WhiteoutKind.Metadata
        : WhiteoutKind.Deletion;

    /// <summary>The name that is deleted, for <see cref="WhiteoutKind.Deletion"/>.</summary>
    public static ReadOnlySpan<byte> Target(ReadOnlySpan<byte> name) => name[Prefix.Length..];
}

public enum WhiteoutKind
{
    None,
    Deletion,
    Opaque,
    Metadata,
}
