using System.Text;

namespace Berth.Oci.Layers;

/// <summary>Type flags of tar. Source: pax(1), "ustar Interchange Format", typeflag.</summary>
public enum LayerEntryType : byte
{
    Regular = (byte)'0',
    HardLink = (byte)'1',
    SymbolicLink = (byte)'2',
    CharacterDevice = (byte)'3',
    BlockDevice = (byte)'4',
    Directory = (byte)'5',
    Fifo = (byte)'6',
}

/// <summary>One member of a layer's tar. Names are bytes: they need not be UTF-8.</summary>
public sealed record LayerEntry
{
    public required LayerEntryType Type { get; init; }

    /// <summary>As the archive has it: perhaps absolute, with <c>./</c> in front or <c>/</c> behind, or hostile.</summary>
    public required byte[] Name { get; init; }

    /// <summary>Target of a link: any text for a symbolic one, a member's name for a hard one.</summary>
    public byte[] LinkName { get; init; } = [];

    /// <summary>Permission bits with setuid, setgid and sticky: 07777.</summary>
    public int Permissions { get; init; }

    public uint Uid { get; init; }
    public uint Gid { get; init; }

    /// <summary>Bytes of the file as it shall be, holes included; 0 for what is no regular file.</summary>
    public long Size { get; init; }

    public long ModifiedSeconds { get; init; }
    public int ModifiedNanoseconds { get; init; }
    public uint DeviceMajor { get; init; }
    public uint DeviceMinor { get; init; }

    /// <summary>Values are bytes: <c>security.capability</c> is no text.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> ExtendedAttributes { get; init; } = [];

    /// <summary>Where a sparse file has data; null where all of it is there.</summary>
    public IReadOnlyList<SparseSegment>? Segments { get; init; }

    public string NameText => Encoding.UTF8.GetString(Name);
    public string LinkNameText => Encoding.UTF8.GetString(LinkName);
}

/// <summary>A run of data in a sparse file, in bytes.</summary>
public readonly record struct SparseSegment(long Offset, long Length);

/// <summary>The archive is no tar, or a damaged one.</summary>
public sealed class LayerFormatException(string message) : Exception(message)
{
    /// <summary>Go's sentence, which Docker's users know. Source: archive/tar/common.go, ErrHeader.</summary>
    public static LayerFormatException InvalidHeader => new("archive/tar: invalid tar header");

    public static LayerFormatException UnexpectedEnd => new("unexpected EOF");
}
