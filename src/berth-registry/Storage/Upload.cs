using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;
using Berth.Linux;
using Berth.Oci;

namespace Berth.Registry.Storage;

/// <summary>A blob on its way in. One request at a time may hold it.</summary>
internal abstract class Upload(string repository, string id, string algorithm) : IDisposable
{
    // Large enough that a write and a hash step are worth their calls, small against the server's input buffer.
    private const int BatchSize = 512 * 1024;

    private readonly SemaphoreSlim _turn = new(1, 1);
    private IncrementalHash? _hash = NewHash(algorithm);
    private string _hashAlgorithm = algorithm;

    public string Repository { get; } = repository;

    public string Id { get; } = id;

    /// <summary>Bytes received.</summary>
    public abstract long Length { get; }

    /// <summary>Committed, cancelled or put to sleep: whoever waited for its turn came too late.</summary>
    public bool IsOver { get; protected set; }

    public DateTimeOffset LastUsed { get; set; }

    /// <summary>Begins a request's turn; the caller disposes of it. Null where this object is over: who still wants the upload looks for it again.</summary>
    public async ValueTask<IDisposable?> TakeTurnAsync(CancellationToken ct)
    {
        await _turn.WaitAsync(ct).ConfigureAwait(false);
        if (!IsOver)
        {
            return new Turn(_turn);
        }

        _turn.Release();
        return null;
    }

    /// <summary>Whether nobody works on it at this moment.</summary>
    public bool IsIdle => _turn.CurrentCount > 0;

    /// <summary>Appends a request's body, hashed on the way. What came before a broken connection stays.</summary>
    public async Task<long> AppendAsync(PipeReader body, CancellationToken ct)
    {
        long received = 0;
        while (true)
        {
            ReadResult result = await body.ReadAtLeastAsync(BatchSize, ct).ConfigureAwait(false);
            ReadOnlySequence<byte> batch = result.Buffer;
            try
            {
                if (!batch.IsEmpty)
                {
                    Append(batch);
                    received += batch.Length;
                }
            }
            finally
            {
                body.AdvanceTo(batch.End);
            }

            if (result.IsCompleted)
            {
                return received;
            }
        }
    }

    private void Append(ReadOnlySequence<byte> batch)
    {
        Write(batch);
        if (_hash is { } hash)
        {
            foreach (ReadOnlyMemory<byte> segment in batch)
            {
                hash.AppendData(segment.Span);
            }
        }
    }

    /// <summary>Takes back what came after <paramref name="length"/> bytes.</summary>
    public void TruncateTo(long length)
    {
        Truncate(length);
        ForgetHash();
    }

    /// <summary>Makes it a blob of its repository, durable when this returns. The upload is over, whether it succeeds or not.</summary>
    /// <exception cref="RegistryFailure">DIGEST_INVALID: the content is another; nothing is stored.</exception>
    public void Commit(Digest expected)
    {
        Digest actual = DigestOf(expected.Algorithm);
        IsOver = true;
        try
        {
            if (actual == expected)
            {
                Store(expected);
                return;
            }

            Discard();
        }
        catch (Exception e) when (DiskFull.IsCauseOf(e))
        {
            Discard();
            throw;
        }
        finally
        {
            // Where the disk failed otherwise, what was received is found there again by the next try.
            Dispose();
        }

        throw new RegistryFailure(RegistryErrors.DigestInvalid, $"{expected} was announced, {actual} was received");
    }

    public void Cancel()
    {
        IsOver = true;
        Discard();
        Dispose();
    }

    /// <summary>Gives up the running hash; the content is read once more when it is needed.</summary>
    public void ForgetHash()
    {
        _hash?.Dispose();
        _hash = null;
    }

    public virtual void Dispose() => ForgetHash();

    /// <summary>Ends it where no request has its turn.</summary>
    protected bool TryEnd(Action? end)
    {
        if (!_turn.Wait(0))
        {
            return false;
        }

        if (!IsOver)
        {
            IsOver = true;
            end?.Invoke();
            Dispose();
        }

        _turn.Release();
        return true;
    }

    protected abstract void Write(ReadOnlySequence<byte> batch);

    protected abstract void Truncate(long length);

    /// <summary>Feeds all that was received to a hash.</summary>
    protected abstract void Replay(IncrementalHash hash);

    protected abstract void Store(Digest digest);

    protected abstract void Discard();

    private Digest DigestOf(string algorithm)
    {
        if (_hash is null || algorithm != _hashAlgorithm)
        {
            ForgetHash();
            _hash = NewHash(algorithm);
            _hashAlgorithm = algorithm;
            Replay(_hash);
        }

        byte[] value = _hash.GetCurrentHash();
        return algorithm == "sha512" ? Digest.FromSha512(value) : Digest.FromSha256(value);
    }

    private static IncrementalHash NewHash(string algorithm) =>
        IncrementalHash.CreateHash(algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

    private sealed class Turn(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
