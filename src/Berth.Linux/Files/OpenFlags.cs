namespace Berth.Linux.Files;

/// <summary>How a file is opened. Values where x86-64 and arm64 differ are chosen at run time.</summary>
/// <remarks>Source: linux/include/uapi/asm-generic/fcntl.h; arch/arm64/include/uapi/asm/fcntl.h.</remarks>
public static class OpenFlags
{
    private static readonly bool Arm64 =
        System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64;

    public const int O_RDONLY = 0;
    public const int O_WRONLY = 1;
    public const int O_RDWR = 2;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;
    public const int O_TRUNC = 0x200;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const int O_PATH = 0x200000;

    public static int O_DIRECTORY { get; } = Arm64 ? 0x4000 : 0x10000;
    public static int O_NOFOLLOW { get; } = Arm64 ? 0x8000 : 0x20000;
}

/// <summary>How far a path may lead. Source: openat2(2).</summary>
[Flags]
public enum Resolve
{
    None = 0,
    NoCrossDevice = 0x01,
    NoMagicLinks = 0x02,
    NoSymlinks = 0x04,

    /// <summary>A path that leaves the directory fails with EXDEV.</summary>
    Beneath = 0x08,

    /// <summary>The directory is the root: absolute links and <c>..</c> stay inside.</summary>
    InRoot = 0x10,
}
