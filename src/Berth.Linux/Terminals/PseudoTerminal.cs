using System.Runtime.InteropServices;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Terminals;

/// <summary>The master side of a pseudo-terminal. Source: pty(7), ioctl_tty(2).</summary>
public static unsafe partial class PseudoTerminal
{
    private const nuint TIOCSWINSZ = 0x5414;

    /// <summary>Sets the window's size; the foreground process group gets SIGWINCH where it changed.</summary>
    /// <exception cref="LinuxException">No terminal.</exception>
    public static void Resize(Descriptor master, int rows, int columns)
    {
        // struct winsize: rows, columns, and two sizes in pixels that nobody uses.
        ushort* size = stackalloc ushort[4] { (ushort)rows, (ushort)columns, 0, 0 };
        int result = IoCtl(master.Number, TIOCSWINSZ, size);
        int errno = Marshal.GetLastPInvokeError();
        if (result != 0)
        {
            throw new LinuxException("ioctl TIOCSWINSZ", errno);
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    private static partial int IoCtl(int fd, nuint request, void* argument);
}
