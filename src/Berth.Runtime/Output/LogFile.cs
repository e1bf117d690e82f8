using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Runtime.Output;

/// <summary>One file of a log, opened: it can be read to its end whatever becomes of its name.</summary>
internal sealed class LogFile : IDisposable
{
    private const int BlockLength = 64 * 1024;

    private readonly SafeFileHandle _handle;

    private LogFile(SafeFileHandle handle, FileStatus status)
    {
        _handle = handle;
        Identity = (status.DeviceMajor, status.DeviceMinor, status.Inode);
    }

    public (uint Major, uint Minor, ulong Inode) Identity { get; }

    public long Length => RandomAccess.GetLength(_handle);

    /// <summary>All files of a log, the oldest first. A rotation meanwhile makes none appear twice or be left out.</summary>
    public static List<LogFile> OpenAll(string path)
    {
        // The newest first: what moves one place down between two opens is seen again, and known by its inode. The other way it would be missed.
        List<LogFile> files = [];
        for (int i = 0; TryOpen(i == 0 ? path : $"{path}.{i}") is { } file; i++)
        {
            if (files.Exists(other => other.Identity == file.Identity))
            {
                file.Dispose();
            }
            else
            {
                files.Insert(0, file);
            }
        }

        return files;
    }

    public static LogFile? TryOpen(string path)
    {
        try
        {
            SafeFileHandle handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            return new LogFile(handle, FileCalls.Status(handle));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    public int Read(Span<byte> buffer, long offset) => RandomAccess.Read(_handle, buffer, offset);

    /// <summary>Looks for the place from which there are so many lines up to the end.</summary>
    /// <param name="end">Where to begin to look; what is behind the last newline counts as no line.</param>
    /// <param name="lines">How many are wanted; how many are still missing afterwards, where the whole file has fewer.</param>
    public long FindTail(long end, ref int lines)
    {
        // The newline that ends the last wanted line's predecessor: one more than there are lines.
        int wanted = lines + 1;
        var block = new byte[BlockLength];
        long start = end;
        while (start > 0)
        {
            int length = (int)Math.Min(BlockLength, start);
            start -= length;
            ReadOnlySpan<byte> rest = block.AsSpan(0, Read(block.AsSpan(0, length), start));
            for (int newline = rest.LastIndexOf((byte)'\n'); newline >= 0; newline = rest.LastIndexOf((byte)'\n'))
            {
                if (--wanted == 0)
                {
                    lines = 0;
                    return start + newline + 1;
                }

                rest = rest[..newline];
            }
        }

        lines = wanted - 1;
        return 0;
    }

    public void Dispose() => _handle.Dispose();
}
