using System.Buffers;
using Microsoft.Win32.SafeHandles;

namespace Berth.Oci.Content;

/// <summary>A file of <see cref="LocalContentStore"/> being written.</summary>
internal sealed class LocalIngest : PartialIngest
{
    private readonly LocalContentStore _store;
    private readonly string _path;
    private readonly Digest? _expected;
    private readonly bool _keep;
    private readonly SafeFileHandle _file;
    private readonly ContentHash _hash;
    private long _length;
    private bool _replayed;
    private bool _finished;

    /// <param name="keep">What is written outlives a disposal without commit, and what is there is continued.</param>
    public LocalIngest(LocalContentStore store, string path, Digest? expected, bool keep)
    {
        (_store, _path, _expected, _keep) = (store, path, expected, keep);
        _file = File.OpenHandle(path, keep ? FileMode.OpenOrCreate : FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete);
        _length = RandomAccess.GetLength(_file);
        _replayed = _length == 0;
        _hash = new ContentHash(expected);
    }

    public override long BytesWritten => _length;

    public override async ValueTask ReplayAsync(Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask> consume, CancellationToken ct)
    {
        if (_replayed)
        {
            return;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            for (long offset = 0; offset < _length;)
            {
                int count = await RandomAccess.ReadAsync(_file, buffer, offset, ct).ConfigureAwait(false);
                if (count == 0)
                {
                    throw new EndOfStreamException($"{_path} became shorter");
                }

                _hash.Append(buffer.AsSpan(0, count));
                await consume(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
                offset += count;
            }

            _replayed = true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public override void Restart()
    {
        RandomAccess.SetLength(_file, 0);
        _hash.Finish();
        _length = 0;
        _replayed = true;
    }

    public override void Write(ReadOnlySpan<byte> content)
    {
        if (!_replayed)
        {
            throw new InvalidOperationException("what is there must be replayed first");
        }

        RandomAccess.Write(_file, content, _length);
        _hash.Append(content);
        _length += content.Length;
    }

    public override async ValueTask<Digest> CommitAsync(CancellationToken ct)
    {
        await ReplayAsync((_, _) => ValueTask.CompletedTask, ct).ConfigureAwait(false);
        Digest actual = _hash.Finish();
        if (_expected is { } expected && expected != actual)
        {
            _finished = true;
            File.Delete(_path);
            throw new DigestMismatchException(expected, actual);
        }

        RandomAccess.FlushToDisk(_file);
        _store.Publish(_path, actual);
        _finished = true;
        return actual;
    }

    public override ValueTask DisposeAsync()
    {
        _file.Dispose();
        _hash.Dispose();
        if (!_finished && (!_keep || _length == 0))
        {
            File.Delete(_path);
        }

        if (_keep && _expected is { } expected)
        {
            _store.EndTransfer(expected);
        }

        return ValueTask.CompletedTask;
    }
}
