using Berth.Engine.Snapshots;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Layers;

namespace Berth.Engine.Images;

/// <summary>Makes layers: bytes go in once, and come out as a verified blob, a digest and an unpacked layer.</summary>
/// <remarks>
/// Three steps, each on its own thread, with bounded buffers in between: whoever brings the bytes; unpacking of the compression;
/// and digest, tar and files. Nothing waits for a whole layer to be there.
/// </remarks>
internal static class LayerFiller
{
    /// <summary>Unpacks a layer whose bytes come from <paramref name="compressed"/>, which ends when it is read to its end or fails.</summary>
    /// <returns>What was found, and the digest of the uncompressed archive.</returns>
    public static async Task<(AppliedLayer Content, Digest DiffId)> UnpackAsync(Stream compressed, string directory, CancellationToken ct)
    {
        var handoff = new Handoff();
        Task<(AppliedLayer, Digest)> applying = OnThread(() => ApplyAndHash(handoff, directory, ct), ct);
        Task inflating = OnThread(() => Inflate(compressed, handoff, ct), ct);
        await FirstFailure(applying, inflating).ConfigureAwait(false);
        return await applying.ConfigureAwait(false);
    }

    /// <summary>Makes a layer of an archive that is written here: its blob stays uncompressed, so that blob and layer have one digest.</summary>
    /// <param name="write">Writes the uncompressed archive; runs on its own thread.</param>
    public static async Task<(AppliedLayer Content, Descriptor Blob)> MakeAsync(
        Action<Stream> write, IContentStore content, string directory, CancellationToken ct)
    {
        var handoff = new Handoff();
        await using Ingest ingest = content.BeginIngest(null);
        Task<AppliedLayer> applying = OnThread(() => Apply(handoff, handoff.Reader, directory, ct), ct);
        Task writing = OnThread(() => Write(write, ingest, handoff, ct), ct);
        await FirstFailure(applying, writing).ConfigureAwait(false);
        Digest diffId = await ingest.CommitAsync(ct).ConfigureAwait(false);
        return (await applying.ConfigureAwait(false),
            new Descriptor { MediaType = MediaTypes.OciLayer, Digest = diffId, Size = ingest.BytesWritten });
    }

    private static (AppliedLayer, Digest) ApplyAndHash(Handoff handoff, string directory, CancellationToken ct)
    {
        using var hashing = new HashingStream(handoff.Reader);
        return (Apply(handoff, hashing, directory, ct), hashing.Finish());
    }

    private static AppliedLayer Apply(Handoff handoff, Stream tar, string directory, CancellationToken ct)
    {
        try
        {
            return LayerApplier.Apply(tar, directory, WhiteoutStyle.Mark, ct);
        }
        finally
        {
            handoff.Abandon();
        }
    }

    private static int Write(Action<Stream> write, Ingest ingest, Handoff handoff, CancellationToken ct)
    {
        Exception? failure = null;
        try
        {
            using var target = new BufferedStream(new IngestAndHandoff(ingest, handoff, ct), 256 * 1024);
            write(target);
            target.Flush();
            return 0;
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            handoff.Complete(failure);
        }
    }

    private static int Inflate(Stream compressed, Handoff handoff, CancellationToken ct)
    {
        Exception? failure = null;
        try
        {
            using Stream plain = Compression.Decompress(compressed);
            while (true)
            {
                // Whole buffers: the BCL inflates 8 KiB at a time, and every handover wakes a thread and cuts a file in two.
                int count = plain.ReadAtLeast(handoff.Rent(ct), handoff.BufferSize, throwOnEndOfStream: false);
                if (count == 0)
                {
                    break;
                }

                handoff.Publish(count);
            }

            // bytes behind the compressed data belong to the blob, and to its digest
            Span<byte> rest = stackalloc byte[4096];
            while (compressed.Read(rest) > 0)
            {
            }

            return 0;
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            handoff.Complete(failure);
        }
    }

    /// <summary>Waits for both, and throws what began it: the other end's failure is only its echo.</summary>
    private static async Task FirstFailure(Task reading, Task writing)
    {
        try
        {
            await Task.WhenAll(reading, writing).ConfigureAwait(false);
        }
        catch
        {
            bool readerFailedFirst = writing is { IsFaulted: true, Exception.InnerException: Handoff.ReaderGoneException };
            await (readerFailedFirst || !writing.IsFaulted ? reading : writing).ConfigureAwait(false);
            throw;
        }
    }

    private static Task<T> OnThread<T>(Func<T> work, CancellationToken ct) =>
        Task.Factory.StartNew(work, ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Each byte into the blob and on to the one who unpacks it.</summary>
    private sealed class IngestAndHandoff(Ingest ingest, Handoff handoff, CancellationToken ct) : ForwardWriteStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            ingest.Write(buffer);
            handoff.Write(buffer, ct);
        }
    }
}
