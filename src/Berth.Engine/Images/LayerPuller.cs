using Berth.Api;
using Berth.Engine.Snapshots;
using Berth.Linux;
using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Distribution;
using Berth.Oci.Layers;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Images;

/// <param name="Blob">The layer as the manifest names it.</param>
/// <param name="Below">Chain ID of the layers under it.</param>
internal sealed record LayerRequest(Descriptor Blob, Digest DiffId, Digest ChainId, Digest? Below);

/// <summary>Brings layers: downloads each once, a few at a time, and unpacks it while it comes.</summary>
/// <remarks>Two pulls that want the same layer wait for the same transfer. A layer becomes visible after those below it.</remarks>
internal sealed class LayerPuller(
    EngineOptions options, IContentStore content, ISnapshotter snapshotter, TimeProvider time, ILogger logger) : IDisposable
{
    private readonly SharedWork<Digest, LayerProgress> _jobs = new();
    private readonly KeyedLock _blobs = new();
    private readonly SemaphoreSlim _downloads = new(Math.Max(1, options.MaxConcurrentDownloads));

    public void Dispose() => _downloads.Dispose();

    /// <summary>Brings all layers of an image, lowest first in <paramref name="layers"/>.</summary>
    public async Task PullAsync(IReadOnlyList<LayerRequest> layers, RegistryClient registry, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        var tickets = new List<SharedWork<Digest, LayerProgress>.Ticket>();
        try
        {
            foreach (LayerRequest layer in layers)
            {
                if (IsHere(layer))
                {
                    progress.Report(new JsonMessage
                    {
                        Status = "Already exists",
                        Id = LayerProgress.ShortId(layer.Blob.Digest),
                        ProgressDetail = new ProgressDetail(),
                    });
                    continue;
                }

                SharedWork<Digest, LayerProgress>.Ticket ticket = _jobs.Join(layer.ChainId, () => Begin(layer, registry));
                tickets.Add(ticket);
                ticket.State.Subscribe(progress);
            }

            await WaitForAllAsync(tickets.Select(t => t.Work).ToList(), ct).ConfigureAwait(false);
        }
        catch (Exception e) when (DiskFull.IsCauseOf(e))
        {
            await LeaveAsync(tickets, progress).ConfigureAwait(false);
            foreach (LayerRequest layer in layers)
            {
                // What other layers have begun would be gone on with another time, and keep the disk full until then.
                content.ForgetPartial(layer.Blob.Digest);
            }

            throw;
        }
        finally
        {
            await LeaveAsync(tickets, progress).ConfigureAwait(false);
        }
    }

    private static async Task LeaveAsync(List<SharedWork<Digest, LayerProgress>.Ticket> tickets, IProgress<JsonMessage> progress)
    {
        foreach (SharedWork<Digest, LayerProgress>.Ticket ticket in tickets)
        {
            ticket.State.Unsubscribe(progress);
        }

        // together: a layer that waits for the one below cannot end before it
        await Task.WhenAll(tickets.Select(t => t.DisposeAsync().AsTask())).ConfigureAwait(false);
        tickets.Clear();
    }

    /// <summary>The first failure ends the wait: the others are not worth finishing.</summary>
    private static async Task WaitForAllAsync(List<Task> work, CancellationToken ct)
    {
        while (work.Count > 0)
        {
            Task done = await Task.WhenAny(work).WaitAsync(ct).ConfigureAwait(false);
            await done.ConfigureAwait(false);
            work.Remove(done);
        }
    }

    private bool IsHere(LayerRequest layer) => snapshotter.HasLayer(layer.ChainId) && content.SizeOf(layer.Blob.Digest) is not null;

    private (LayerProgress, Func<CancellationToken, Task>) Begin(LayerRequest layer, RegistryClient registry)
    {
        var progress = new LayerProgress(layer.Blob.Digest, time);
        progress.Report("Pulling fs layer");
        Task below = layer.Below is { } chainId ? _jobs.Find(chainId) ?? Task.CompletedTask : Task.CompletedTask;
        return (progress, ct => RunAsync(layer, registry, below, progress, ct));
    }

    private async Task RunAsync(LayerRequest layer, RegistryClient registry, Task below, LayerProgress progress, CancellationToken ct)
    {
        await using ILayerStaging? staging = snapshotter.HasLayer(layer.ChainId) ? null : snapshotter.StageLayer(layer.Below);
        try
        {
            AppliedLayer? applied = await BringAsync(layer, registry, staging, progress, ct).ConfigureAwait(false);
            if (staging is not null && applied is not null)
            {
                await below.WaitAsync(ct).ConfigureAwait(false);
                await staging.CommitAsync(layer.ChainId, applied, CancellationToken.None).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is LayerFormatException or InvalidDataException or NotSupportedException or LinuxException)
        {
            throw ImageErrors.CannotUnpack(e);
        }

        progress.Report("Pull complete");
    }

    private async Task<AppliedLayer?> BringAsync(
        LayerRequest layer, RegistryClient registry, ILayerStaging? staging, LayerProgress progress, CancellationToken ct)
    {
        using KeyedLock.Holder blob = await _blobs.AcquireAsync(layer.Blob.Digest.ToString(), ct).ConfigureAwait(false);
        if (content.SizeOf(layer.Blob.Digest) is not null)
        {
            progress.Report("Download complete");
            return staging is null ? null : await UnpackStoredAsync(layer, staging, progress, ct).ConfigureAwait(false);
        }

        if (!_downloads.Wait(0, CancellationToken.None))
        {
            progress.Report("Waiting");
            await _downloads.WaitAsync(ct).ConfigureAwait(false);
        }

        try
        {
            var download = new LayerDownload(options, content, time, logger);
            return await download.RunAsync(layer, registry, staging, progress, ct).ConfigureAwait(false);
        }
        finally
        {
            _downloads.Release();
        }
    }

    private async Task<AppliedLayer> UnpackStoredAsync(LayerRequest layer, ILayerStaging staging, LayerProgress progress, CancellationToken ct)
    {
        progress.Report("Extracting", 0, layer.Blob.Size, always: true);
        await using Stream stored = content.OpenRead(layer.Blob.Digest);
        (AppliedLayer applied, Digest diffId) = await LayerFiller.UnpackAsync(stored, staging.Directory, ct).ConfigureAwait(false);
        progress.Report("Extracting", layer.Blob.Size, layer.Blob.Size, always: true);
        return diffId == layer.DiffId ? applied : throw ImageErrors.WrongDiffId(diffId, layer.DiffId);
    }
}
