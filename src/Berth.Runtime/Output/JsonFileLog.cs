using System.Runtime.InteropServices;
using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;

namespace Berth.Runtime.Output;

/// <summary>Writes a container's output as Docker's json-file log, and rotates it. One writer; readers need no lock.</summary>
/// <remarks>
/// A full file is never cut: it is renamed (or, where only one is kept, unlinked) and a new one begun, so that a follower reads the old one
/// to its end. Plain system calls and native memory: it lives in the shim.
/// </remarks>
internal sealed unsafe class JsonFileLog : IDisposable
{
    private const int BatchLength = 32 * 1024;
    private const int Mode = 0x1a0; // 0640

    private readonly string _path;
    private readonly long _maxSizeBytes;
    private readonly int _maxFiles;
    private readonly byte[] _attributes;
    private readonly LineBuffer _stdout = new();
    private readonly LineBuffer _stderr = new();
    private readonly int _capacity;
    private Descriptor _file;
    private long _size;
    private byte* _batch;
    private int _batchLength;
    private bool _torn;

    /// <param name="maxSizeBytes">A file that has reached it is rotated; -1 never.</param>
    /// <param name="maxFiles">Files kept, the current one included.</param>
    /// <exception cref="LinuxException">The log cannot be opened.</exception>
    public JsonFileLog(string path, long maxSizeBytes, int maxFiles, string attributesJson)
    {
        _path = path;
        _maxSizeBytes = maxSizeBytes;
        _maxFiles = maxFiles;
        _attributes = Encoding.UTF8.GetBytes(attributesJson);
        _capacity = BatchLength + JsonLogEntry.MaxLength(LineBuffer.MaxLineLength, _attributes.Length);
        _file = Open();
    }

    /// <summary>How many bytes could not be written since the start (a full disk, a failing one).</summary>
    public long LostBytes { get; private set; }

    public void Write(OutputStream stream, ReadOnlySpan<byte> data)
    {
        LineBuffer lines = Lines(stream);
        while (lines.TryTake(ref data, out ReadOnlySpan<byte> line, out bool complete))
        {
            Append(stream, line, complete);
        }

        Flush();
    }

    /// <summary>The stream has ended: what is left of it is an entry without a newline.</summary>
    public void End(OutputStream stream)
    {
        ReadOnlySpan<byte> rest = Lines(stream).TakeRest();
        if (!rest.IsEmpty)
        {
            Append(stream, rest, complete: false);
            Flush();
        }
    }

    public void Dispose()
    {
        _file.Dispose();
        _stdout.Dispose();
        _stderr.Dispose();
        NativeMemory.Free(_batch);
        _batch = null;
    }

    private LineBuffer Lines(OutputStream stream) => stream == OutputStream.Stdout ? _stdout : _stderr;

    private void Append(OutputStream stream, ReadOnlySpan<byte> line, bool complete)
    {
        // moby: daemon/logger/loggerutils/logfile.go checks before it writes, so a file passes its size by at most one entry.
        if (_maxSizeBytes >= 0 && _size + _batchLength >= _maxSizeBytes)
        {
            Flush();
            Rotate();
        }

        if (_batch is null)
        {
            _batch = (byte*)NativeMemory.Alloc((nuint)_capacity);
        }

        (long seconds, int nanoseconds) = Clock.RealTime();
        var space = new Span<byte>(_batch + _batchLength, _capacity - _batchLength);
        _batchLength += JsonLogEntry.Encode(space, stream, line, complete, _attributes, new LogTime(seconds, nanoseconds));
        if (_batchLength >= BatchLength)
        {
            Flush();
        }
    }

    private void Flush()
    {
        if (_batchLength == 0)
        {
            return;
        }

        // After a write that stopped half-way the next entry begins on a line of its own.
        if (_torn && DescriptorCalls.WriteAll(_file, "\n"u8) == 0)
        {
            _torn = false;
            _size++;
        }

        if (!_torn && DescriptorCalls.WriteAll(_file, new ReadOnlySpan<byte>(_batch, _batchLength)) == 0)
        {
            _size += _batchLength;
        }
        else
        {
            // On a full disk most writes leave nothing at all: only what left something has torn a line.
            LostBytes += _batchLength;
            long length = Math.Max(0, DescriptorCalls.Length(_file));
            _torn |= length > _size;
            _size = length;
        }

        _batchLength = 0;
    }

    private void Rotate()
    {
        int error = 0;
        if (_maxFiles > 1)
        {
            for (int i = _maxFiles - 1; i > 1; i--)
            {
                _ = DescriptorCalls.Rename($"{_path}.{i - 1}", $"{_path}.{i}");
            }

            error = DescriptorCalls.Rename(_path, $"{_path}.1");
        }
        else
        {
            error = DescriptorCalls.Unlink(_path);
        }

        if (error is not 0 and not -Errno.ENOENT)
        {
            return; // The full file goes on to be used: rather too long than with a hole.
        }

        Descriptor full = _file;
        try
        {
            _file = Open();
            full.Dispose();
        }
        catch (LinuxException)
        {
            // No new file (no inode left, say): the full one is written on, under its new name, and the next entry tries again.
            _file = full;
        }
    }

    private Descriptor Open()
    {
        Descriptor file = DescriptorCalls.Open(_path, DescriptorCalls.O_RDWR | DescriptorCalls.O_CREAT | DescriptorCalls.O_APPEND, Mode);
        _size = Math.Max(0, DescriptorCalls.Length(file));

        // An earlier writer may have been cut off within its last entry.
        Span<byte> last = stackalloc byte[1];
        _torn = _size > 0 && DescriptorCalls.ReadAt(file, last, _size - 1) == 1 && last[0] != '\n';
        return file;
    }
}
