using System.Runtime.InteropServices;

namespace Berth.Shim;

/// <summary>The one buffer through which all bytes go, used within one call only: the shim has one thread.</summary>
internal static unsafe class PumpBuffer
{
    /// <summary>Room for the Engine API's header in front of a piece.</summary>
    public const int HeaderLength = 8;

    public const int PieceLength = 32 * 1024;

    private static readonly byte* Memory = (byte*)NativeMemory.Alloc(HeaderLength + PieceLength);

    public static Span<byte> Whole => new(Memory, HeaderLength + PieceLength);
}
