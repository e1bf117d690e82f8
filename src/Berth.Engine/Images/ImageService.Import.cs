using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Snapshots;
using Berth.Linux;
using Berth.Oci;
using Berth.Oci.Layers;

namespace Berth.Engine.Images;

public sealed partial class ImageService
{
    /// <summary>Makes an image of one layer of a root file system's tar. moby 28: daemon/images/image_import.go.</summary>
    public async Task ImportAsync(ImportRequest request, Stream archive, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        ImageReference? name = NewName(request.Repository, request.Tag);
        Platform platform = string.IsNullOrEmpty(request.Platform) ? Platform.Host : ParsePlatform(request.Platform);
        ContainerConfig config = ImageChanges.Apply(new ContainerConfig(), request.Changes);
        if (request.Source != "-")
        {
            await using ImportSource source = await ImportSource.OpenAsync(_transport, request.Source, progress, ct).ConfigureAwait(false);
            await ImportAsync(request, source.Content, name, platform, config, progress, ct).ConfigureAwait(false);
        }
        else
        {
            await ImportAsync(request, archive, name, platform, config, progress, ct).ConfigureAwait(false);
        }
    }

    private async Task ImportAsync(
        ImportRequest request, Stream archive, ImageReference? name, Platform platform, ContainerConfig config,
        IProgress<JsonMessage> progress, CancellationToken ct)
    {
        using IDisposable lease = _collector.Lease();
        try
        {
            await MakeImportAsync(request, archive, name, platform, config, progress, ct).ConfigureAwait(false);
        }
        catch
        {
            // a blob without its image belongs to nothing, and goes when the lease ends
            _collector.Collect(CancellationToken.None);
            throw;
        }
    }

    private async Task MakeImportAsync(
        ImportRequest request, Stream archive, ImageReference? name, Platform platform, ContainerConfig config,
        IProgress<JsonMessage> progress, CancellationToken ct)
    {
        (Descriptor blob, Digest diffId) = await StoreImportAsync(archive, ct).ConfigureAwait(false);
        string created = Now;
        string comment = string.IsNullOrEmpty(request.Message) ? $"Imported from {request.Source}" : request.Message;
        var image = new ImageConfig
        {
            Created = created,
            Architecture = platform.Architecture,
            Variant = platform.Variant,
            Os = platform.Os,
            Config = RunConfigs.ToImage(config),
            RootFs = new RootFs { DiffIds = [diffId] },
            History = [new HistoryEntry { Created = created, Comment = comment }],
        };
        PlatformRecord record = await new ImageMaker(_content).WriteAsync(image, [blob], ct).ConfigureAwait(false);
        Add(record.Manifest, [record], name);
        string id = record.Manifest.Digest.ToString();
        Publish("import", id, id, record.Manifest.Digest);
        progress.Report(new JsonMessage { Status = id });
    }

    private async Task<(Descriptor Blob, Digest DiffId)> StoreImportAsync(Stream archive, CancellationToken ct)
    {
        await using ILayerStaging staging = _snapshotter.StageLayer(null);
        var incoming = new Handoff();
        Task receiving = ReceiveAsync(archive, incoming, ct);
        try
        {
            (AppliedLayer applied, Descriptor blob) = await LayerFiller.MakeAsync(
                target =>
                {
                    try
                    {
                        using Stream plain = Compression.Decompress(incoming.Reader);
                        plain.CopyTo(target, 256 * 1024);
                    }
                    finally
                    {
                        incoming.Abandon();
                    }
                },
                _content, staging.Directory, ct).ConfigureAwait(false);
            await staging.CommitAsync(blob.Digest, applied, CancellationToken.None).ConfigureAwait(false);
            return (blob, blob.Digest);
        }
        catch (Exception e) when (e is LayerFormatException or LinuxException or InvalidDataException or NotSupportedException or IOException)
        {
            throw ImageErrors.CannotUnpack(e);
        }
        finally
        {
            // the failure that counts is the one above; the sender's own is inside it
            await receiving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Moves what a connection brings on to the threads that work on it.</summary>
    private static async Task ReceiveAsync(Stream source, Handoff target, CancellationToken ct)
    {
        Exception? failure = null;
        byte[] buffer = GC.AllocateUninitializedArray<byte>(128 * 1024);
        try
        {
            int count;
            while ((count = await source.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
            {
                await target.WriteAsync(buffer.AsMemory(0, count), ct).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            failure = e;
            throw;
        }
        finally
        {
            target.Complete(failure);
        }
    }

    /// <summary>A name that an image is to get; null where none was asked for.</summary>
    private static ImageReference? NewName(string? repository, string? tag)
    {
        if (string.IsNullOrEmpty(repository))
        {
            return null;
        }

        try
        {
            ImageReference name = ImageReference.Parse(string.IsNullOrEmpty(tag) ? repository : $"{repository}:{tag}");
            return name.Digest is null
                ? name.WithDefaultTag()
                : throw new EngineException(ErrorKind.InvalidParameter, "refusing to create a tag with a digest reference");
        }
        catch (FormatException e)
        {
            throw ImageErrors.InvalidReference(e);
        }
    }

    /// <summary>Makes an image known, and gives it a name in the same step.</summary>
    internal void Add(Descriptor target, IReadOnlyList<PlatformRecord> platforms, params ReadOnlySpan<ImageReference?> names)
    {
        ImageReference[] given = [.. names.ToArray().OfType<ImageReference>()];
        string now = Now;
        _images.Update((table, changes) =>
        {
            ImageRecord? known = table.Images.GetValueOrDefault(target.Digest);
            changes.Put(known is null
                ? new ImageRecord { Target = target, Platforms = platforms, Added = now }
                : known with { Platforms = [.. platforms, .. known.Platforms.Where(k => platforms.All(p => p.Manifest.Digest != k.Manifest.Digest))] });
            foreach (ImageReference name in given)
            {
                changes.Name(name, new ImageNameRecord { Image = target.Digest, Tagged = now });
            }
        });
        Log.ImageAdded(_logger, target.Digest, given.Length > 0 ? given[0].ToString() : "");
    }
}
