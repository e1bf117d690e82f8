using System.Buffers;
using Berth.Engine.Snapshots;
using Berth.Linux;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Distribution;
using Berth.Oci.Layers;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Images;

/// <summary>One layer from the network into the blob store and, in the same pass, into its directory.</summary>
/// <remarks>
/// A cut connection is taken up where it was cut; so is one of yesterday. What is unpacked meanwhile stays invisible until
/// both digests were right, that of the blob and that of the archive inside.
/// </remarks>
internal sealed class LayerDownload(EngineOptions options, IContentStore content, TimeProvider time, ILogger logger)
{
    public async Task<AppliedLayer?> RunAsync(
        LayerRequest layer, RegistryClient registry, ILayerStaging? staging, LayerProgress progress, CancellationToken ct)
    {
        await using PartialIngest ingest = content.ResumeIngest(layer.Blob.Digest);
        bool isResumed = ingest.BytesWritten > 0;
        if (ingest.BytesWritten > layer.Blob.Size)
        {
            ingest.Restart();
        }

        try
        {
            return await PassAsync(layer, registry, ingest, staging, progress, ct).ConfigureAwait(false);
        }
        catch (DigestMismatchException e) when (isResumed)
        {
            // what an earlier attempt left was not what it should have been: that is gone now, and the next pull begins anew
            Log.DamagedPartial(logger, layer.Blob.Digest, e);
            throw ImageErrors.WrongLayer(layer.Blob.Digest, e);
        }
        catch (DigestMismatchException e)
        {
            throw ImageErrors.WrongLayer(layer.Blob.Digest, e);
        }
        catch (Exception e) when (DiskFull.IsCauseOf(e))
        {
            ingest.Restart();
            throw ImageErrors.CannotUnpack(e);
        }
    }

    private async Task<AppliedLayer?> PassAsync(
        LayerRequest layer, RegistryClient registry, PartialIngest ingest, ILayerStaging? staging, LayerProgress progress, CancellationToken ct)
    {
        Handoff? feed = staging is null ? null : new Handoff();
        Task<(AppliedLayer Content, Digest DiffId)>? unpacking =
            feed is null ? null : LayerFiller.UnpackAsync(feed.Reader, staging!.Directory, ct);
        var sink = new Sink(ingest, feed);
        Exception? failure = null;
        try
        {
            await ingest.ReplayAsync(sink.FeedAsync, ct).ConfigureAwait(false);
            await TransferAsync(layer, registry, ingest, sink, progress, ct).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            feed?.Complete(failure);
            if (failure is not null && unpacking is not null)
            {
                await ((Task)unpacking).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        return await FinishAsync(layer, ingest, unpacking, progress, ct).ConfigureAwait(false);
    }

    private static async Task<AppliedLayer?> FinishAsync(
        LayerRequest layer, PartialIngest ingest, Task<(AppliedLayer Content, Digest DiffId)>? unpacking, LayerProgress progress, CancellationToken ct)
    {
        progress.Report("Verifying Checksum");
        try
        {
            // the blob's digest first: a layer that is not what was asked for fails for that, not for what is in it
            await ingest.CommitAsync(ct).ConfigureAwait(false);
        }
        catch
        {
            await ((Task?)unpacking ?? Task.CompletedTask).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        progress.Report("Download complete");
        if (unpacking is null)
        {
            return null;
        }

        progress.Report("Extracting", layer.Blob.Size, layer.Blob.Size, always: true);
        (AppliedLayer applied, Digest diffId) = await unpacking.ConfigureAwait(false);
        return diffId == layer.DiffId ? applied : throw ImageErrors.WrongDiffId(diffId, layer.DiffId);
    }

    private async Task TransferAsync(
        LayerRequest layer, RegistryClient registry, PartialIngest ingest, Sink sink, LayerProgress progress, CancellationToken ct)
    {
        for (int attempt = 1; ingest.BytesWritten < layer.Blob.Size; attempt++)
        {
            long before = ingest.BytesWritten;
            try
            {
                await using Stream stream = await registry.OpenBlobAsync(layer.Blob, before, ct).ConfigureAwait(false);
                await CopyAsync(stream, layer, ingest, sink, progress, ct).ConfigureAwait(false);
                if (ingest.BytesWritten < layer.Blob.Size)
                {
                    throw new EndOfStreamException("unexpected EOF");
                }
            }
            catch (Exception e) when (IsTransient(e) && !ct.IsCancellationRequested && (attempt < options.MaxDownloadAttempts || ingest.BytesWritten > before))
            {
                if (ingest.BytesWritten > before)
                {
                    attempt = 1;
                }

                Log.TransferCut(logger, layer.Blob.Digest, ingest.BytesWritten, e);
                await WaitBeforeRetryAsync(attempt, e, progress, ct).ConfigureAwait(false);
            }
        }

        if (layer.Blob.Size == 0)
        {
            progress.Report("Downloading", 0, 0, always: true);
        }
    }

    private static async Task CopyAsync(
        Stream stream, LayerRequest layer, PartialIngest ingest, Sink sink, LayerProgress progress, CancellationToken ct)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(256 * 1024);
        try
        {
            int count;
            while ((count = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                await sink.WriteAsync(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
                progress.Report("Downloading", ingest.BytesWritten, layer.Blob.Size, always: false);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async Task WaitBeforeRetryAsync(int attempt, Exception e, LayerProgress progress, CancellationToken ct)
    {
        TimeSpan wait = (e as RegistryException)?.RetryAfter is { } asked && asked < TimeSpan.FromMinutes(1)
            ? asked : TimeSpan.FromSeconds(Math.Min(1 << (attempt - 1), 16));
        for (int seconds = (int)Math.Ceiling(wait.TotalSeconds); seconds > 0; seconds--)
        {
            progress.Report($"Retrying in {seconds} second{(seconds == 1 ? "" : "s")}");
            await Task.Delay(TimeSpan.FromSeconds(1), time, ct).ConfigureAwait(false);
        }
    }

    private static bool IsTransient(Exception e) => !DiskFull.IsCauseOf(e)
        && (e is HttpRequestException or TimeoutException or (IOException and not Handoff.ReaderGoneException) || e is RegistryException { IsTransient: true });

    /// <summary>Into the blob and to the unpacker, as long as that one lives: when it fails, the digest still decides what the failure was.</summary>
    private sealed class Sink(PartialIngest ingest, Handoff? feed)
    {
        private bool _isUnpackerGone;

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
        {
            ingest.Write(bytes.Span);
            await FeedAsync(bytes, ct).ConfigureAwait(false);
        }

        public async ValueTask FeedAsync(ReadOnlyMemory<byte> bytes, CancellationToken ct)
        {
            if (feed is null || _isUnpackerGone)
            {
                return;
            }

            try
            {
                await feed.WriteAsync(bytes, ct).ConfigureAwait(false);
            }
            catch (Handoff.ReaderGoneException)
            {
                _isUnpackerGone = true;
            }
        }
    }
}
