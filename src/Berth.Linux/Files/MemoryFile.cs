using System.Runtime.InteropServices;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Files;

/// <summary>Files without a name, in memory. Source: memfd_create(2), fcntl(2) "File Sealing".</summary>
public static partial class MemoryFile
{
    private const uint MFD_CLOEXEC = 0x1;
    private const uint MFD_ALLOW_SEALING = 0x2;
    private const uint MFD_EXEC = 0x10; // Linux 6.3; older kernels refuse it, and need none
    private const int F_ADD_SEALS = 1033;
    private const int SealAll = 0x1 | 0x2 | 0x4 | 0x8; // against other seals, shrinking, growing, writing

    /// <param name="name">For lists of what a process has open.</param>
    /// <exception cref="LinuxException">No memory, or no descriptor left.</exception>
    public static Descriptor Create(string name) => Create(name, MFD_CLOEXEC);

    /// <summary>A copy of a program that can be run through its descriptor, and that nobody can change, not even who runs it.</summary>
    /// <exception cref="LinuxException">It cannot be read, or there is no memory.</exception>
    public static Descriptor CreateSealedCopy(string path)
    {
        Descriptor copy = CreateExecutable(Path.GetFileName(path));
        try
        {
            using Descriptor source = DescriptorCalls.Open(path, DescriptorCalls.O_RDONLY);
            byte[] buffer = new byte[256 * 1024];
            int count;
            while ((count = DescriptorCalls.Read(source, buffer)) > 0)
            {
                int error = DescriptorCalls.WriteAll(copy, buffer.AsSpan(0, count));
                if (error != 0)
                {
                    throw new LinuxException("write", -error);
                }
            }

            if (count < 0)
            {
                throw new LinuxException("read", -count, path);
            }

            int result = Control(copy.Number, F_ADD_SEALS, SealAll);
            int errno = Marshal.GetLastPInvokeError();
            return result == 0 ? copy : throw new LinuxException("fcntl", errno);
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    private static Descriptor CreateExecutable(string name)
    {
        try
        {
            return Create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
        }
        catch (LinuxException e) when (e.Errno == Errno.EINVAL)
        {
            return Create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
        }
    }

    private static Descriptor Create(string name, uint flags)
    {
        int number = MemfdCreate(name, flags);
        int errno = Marshal.GetLastPInvokeError();
        return number >= 0 ? new Descriptor(number) : throw new LinuxException("memfd_create", errno);
    }

    [LibraryImport("libc", EntryPoint = "memfd_create", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MemfdCreate(string name, uint flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(int descriptor, int command, int argument);
}
