namespace Berth.Linux;

/// <summary>Kernel settings under /proc/sys; those of <c>net</c> are the calling thread's network namespace's. Source: sysctl(8), proc(5).</summary>
public static class Sysctl
{
    /// <returns>Null when this kernel has no such setting.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static string? Read(params ReadOnlySpan<string> name)
    {
        string path = PathOf(name);
        return File.Exists(path) ? File.ReadAllText(path).Trim() : null;
    }

    /// <exception cref="LinuxException">It cannot be written, mostly for want of permission.</exception>
    public static void Write(string value, params ReadOnlySpan<string> name)
    {
        string path = PathOf(name);
        try
        {
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(value));
        }
        catch (UnauthorizedAccessException)
        {
            throw new LinuxException("open", Errno.EACCES, path);
        }
        catch (FileNotFoundException)
        {
            throw new LinuxException("open", Errno.ENOENT, path);
        }
        catch (DirectoryNotFoundException)
        {
            throw new LinuxException("open", Errno.ENOENT, path);
        }
        catch (IOException e)
        {
            // The lower half of a Unix HResult is the errno.
            throw new LinuxException("write", e.HResult is > 0 and < 4096 ? e.HResult : Errno.EROFS, path);
        }
    }

    /// <summary>Segments, not a dotted name: an interface's name may hold dots.</summary>
    private static string PathOf(ReadOnlySpan<string> name) => "/proc/sys/" + string.Join('/', name!);
}
