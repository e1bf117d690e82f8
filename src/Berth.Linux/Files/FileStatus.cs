using System.Runtime.InteropServices;

namespace Berth.Linux.Files;

/// <summary>The kind of a file, as the top bits of its mode say. Source: inode(7).</summary>
public enum FileKind
{
    Fifo = 0x1000,
    CharacterDevice = 0x2000,
    Directory = 0x4000,
    BlockDevice = 0x6000,
    Regular = 0x8000,
    SymbolicLink = 0xA000,
    Socket = 0xC000,
}

/// <summary>What statx(2) says of a file.</summary>
public readonly record struct FileStatus
{
    public FileKind Kind { get; init; }

    /// <summary>Permission bits with setuid, setgid and sticky: 07777.</summary>
    public int Permissions { get; init; }

    public uint Uid { get; init; }
    public uint Gid { get; init; }
    public long Size { get; init; }

    /// <summary>What it takes on disk, in bytes.</summary>
    public long AllocatedSize { get; init; }

    public uint LinkCount { get; init; }
    public ulong Inode { get; init; }
    public uint DeviceMajor { get; init; }
    public uint DeviceMinor { get; init; }

    /// <summary>For device nodes: which device.</summary>
    public uint NodeMajor { get; init; }

    public uint NodeMinor { get; init; }
    public FileTime Accessed { get; init; }
    public FileTime Modified { get; init; }
    public FileTime Changed { get; init; }

    /// <summary>overlayfs's mark of a deleted name. Source: kernel Documentation/filesystems/overlayfs.rst, "whiteouts and opaque directories".</summary>
    public bool IsWhiteout => Kind == FileKind.CharacterDevice && NodeMajor == 0 && NodeMinor == 0;
}

/// <summary>Seconds since 1970 and nanoseconds within; seconds may be negative, nanoseconds never are.</summary>
public readonly record struct FileTime(long Seconds, int Nanoseconds) : IComparable<FileTime>
{
    public int CompareTo(FileTime other) =>
        Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    public static FileTime From(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        return rest < 0
            ? new FileTime(seconds - 1, (int)((rest + TimeSpan.TicksPerSecond) * 100))
            : new FileTime(seconds, (int)(rest * 100));
    }

    public DateTimeOffset ToDateTimeOffset() => DateTimeOffset.FromUnixTimeSeconds(Seconds).AddTicks(Nanoseconds / 100);

    public static bool operator <(FileTime left, FileTime right) => left.CompareTo(right) < 0;
    public static bool operator >(FileTime left, FileTime right) => left.CompareTo(right) > 0;
    public static bool operator <=(FileTime left, FileTime right) => left.CompareTo(right) <= 0;
    public static bool operator >=(FileTime left, FileTime right) => left.CompareTo(right) >= 0;
}

/// <summary>Source: linux/include/uapi/linux/stat.h, struct statx.</summary>
[StructLayout(LayoutKind.Sequential, Size = 256)]
internal struct StatxBuffer
{
    public uint Mask;
    public uint BlockSize;
    public ulong Attributes;
    public uint LinkCount;
    public uint Uid;
    public uint Gid;
    public ushort Mode;
    public ushort Spare0;
    public ulong Inode;
    public ulong Size;
    public ulong Blocks;
    public ulong AttributesMask;
    public StatxTime Accessed;
    public StatxTime Born;
    public StatxTime Changed;
    public StatxTime Modified;
    public uint NodeMajor;
    public uint NodeMinor;
    public uint DeviceMajor;
    public uint DeviceMinor;

    public readonly FileStatus ToStatus() => new()
    {
        Kind = (FileKind)(Mode & 0xF000),
        Permissions = Mode & 0xFFF,
        Uid = Uid,
        Gid = Gid,
        Size = (long)Size,
        AllocatedSize = (long)Blocks * 512,
        LinkCount = LinkCount,
        Inode = Inode,
        DeviceMajor = DeviceMajor,
        DeviceMinor = DeviceMinor,
        NodeMajor = NodeMajor,
        NodeMinor = NodeMinor,
        Accessed = Accessed.ToFileTime(),
        Modified = Modified.ToFileTime(),
        Changed = Changed.ToFileTime(),
    };
}

[StructLayout(LayoutKind.Sequential)]
internal struct StatxTime
{
    public long Seconds;
    public uint Nanoseconds;
    public int Reserved;

    public readonly FileTime ToFileTime() => new(Seconds, (int)Nanoseconds);
}
