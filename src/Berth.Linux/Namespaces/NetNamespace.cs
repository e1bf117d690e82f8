using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using static Berth.Linux.Namespaces.NamespaceCalls;

namespace Berth.Linux.Namespaces;

/// <summary>Network namespaces, kept alive by a bind mount on a file. Source: network_namespaces(7), ip-netns(8).</summary>
/// <remarks>
/// A namespace belongs to a thread. Whatever must be done inside one is done by a thread of its own that ends there and never comes back,
/// so that no thread of the pool can be left in the wrong place. Sockets stay in the namespace where they were made, whoever uses them.
/// </remarks>
public static class NetNamespace
{
    private const string OwnPath = "/proc/thread-self/ns/net";

    /// <summary>Makes a namespace, pins it at <paramref name="path"/> and runs <paramref name="inside"/> in it, with a handle of it.</summary>
    /// <returns>What <paramref name="inside"/> returned. When it throws, the pin is taken away again.</returns>
    /// <exception cref="LinuxException">No permission, or <paramref name="path"/> cannot be made.</exception>
    public static T Create<T>(string path, Func<SafeFileHandle, T> inside) => OnOwnThread(() =>
    {
        Check(unshare(CLONE_NEWNET), "unshare", "net");
        using SafeFileHandle own = OpenHandle(OwnPath);
        File.WriteAllBytes(path, []);
        try
        {
            Check(mount(OwnPath, path, null, MS_BIND, null), "mount", path);
            return inside(own);
        }
        catch
        {
            Delete(path);
            throw;
        }
    });

    /// <summary>Runs <paramref name="inside"/> in the namespace pinned at <paramref name="path"/>.</summary>
    /// <exception cref="LinuxException">There is no namespace at <paramref name="path"/>.</exception>
    public static T RunInside<T>(string path, Func<T> inside) => OnOwnThread(() =>
    {
        Enter(path);
        return inside();
    });

    /// <summary>A descriptor that names the namespace pinned at <paramref name="path"/> and keeps it alive.</summary>
    /// <exception cref="LinuxException">There is nothing at <paramref name="path"/>.</exception>
    public static SafeFileHandle Open(string path) => OpenHandle(path);

    /// <summary>Takes the pin away: the kernel ends the namespace, and the interfaces in it, when its last process and socket are gone.</summary>
    public static void Delete(string path)
    {
        while (umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) == 0)
        {
            // Mounts may be stacked when a crash came between two pins.
        }

        int errno = Marshal.GetLastPInvokeError();
        if (errno is not (Errno.EINVAL or Errno.ENOENT))
        {
            throw new LinuxException("umount2", errno, path);
        }

        File.Delete(path);
    }

    /// <summary>Moves the calling thread for good.</summary>
    internal static void Enter(string path)
    {
        using SafeFileHandle handle = OpenHandle(path);
        Check(setns(handle, CLONE_NEWNET), "setns", path);
    }

    private static SafeFileHandle OpenHandle(string path)
    {
        SafeFileHandle handle = open(path, O_RDONLY | O_CLOEXEC);
        int errno = Marshal.GetLastPInvokeError();
        if (handle.IsInvalid)
        {
            handle.Dispose();
            throw new LinuxException("open", errno, path);
        }

        return handle;
    }

    private static T OnOwnThread<T>(Func<T> body)
    {
        T result = default!; // Set, or an exception is thrown below.
        ExceptionDispatchInfo? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    result = body();
                }
                catch (Exception e)
                {
                    failure = ExceptionDispatchInfo.Capture(e);
                }
            },
            maxStackSize: 256 << 10)
        {
            IsBackground = true,
            Name = "network namespace",
        };
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    private static void Check(int result, string call, string subject)
    {
        if (result < 0)
        {
            throw new LinuxException(call, Marshal.GetLastPInvokeError(), subject);
        }
    }
}
