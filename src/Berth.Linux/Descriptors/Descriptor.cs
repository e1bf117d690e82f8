using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Descriptors;

/// <summary>An owned file descriptor. Disposing closes it.</summary>
public sealed partial class Descriptor : SafeHandleMinusOneIsInvalid
{
    public Descriptor(int number)
        : base(ownsHandle: true) => SetHandle(number);

    /// <summary>The number, for what takes numbers (poll, posix_spawn); valid while this object is not disposed.</summary>
    public int Number => (int)handle;

    /// <summary>Keeps the number open until what is returned is disposed, whoever disposes of this object meanwhile.</summary>
    /// <exception cref="ObjectDisposedException">It is closed already.</exception>
    public IDisposable Hold()
    {
        bool held = false;
        DangerousAddRef(ref held);
        return new Holding(this);
    }

    /// <summary>Gives the ownership away: the caller closes the number.</summary>
    public int Release()
    {
        int number = Number;
        SetHandleAsInvalid();
        return number;
    }

    // close(2): never to be retried on EINTR, the number is gone either way.
    protected override bool ReleaseHandle() => Close((int)handle) == 0;

    private sealed class Holding(Descriptor descriptor) : IDisposable
    {
        private Descriptor? _descriptor = descriptor;

        public void Dispose() => Interlocked.Exchange(ref _descriptor, null)?.DangerousRelease();
    }

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int fd);
}
