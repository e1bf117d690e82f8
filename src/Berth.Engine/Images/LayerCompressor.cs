using Berth.Oci;
using Berth.Oci.Content;
using Berth.Oci.Layers;

namespace Berth.Engine.Images;

/// <summary>Makes the compressed form of a layer that is kept plain. The same layer gives the same bytes on the same build of this program.</summary>
internal sealed class LayerCompressor(IContentStore content)
{
    public static bool IsPlain(Descriptor layer) => layer.MediaType is MediaTypes.OciLayer or MediaTypes.DockerLayer;

    /// <returns>The gzip form's descriptor; its blob is in the store.</returns>
    public async Task<Descriptor> CompressAsync(Descriptor layer, CancellationToken ct)
    {
        await using Stream plain = content.OpenRead(layer.Digest);
        await using Ingest ingest = content.BeginIngest(null);
        await ParallelGzip.CompressAsync(plain, ingest.WriteAsync, ct).ConfigureAwait(false);
        Digest digest = await ingest.CommitAsync(ct).ConfigureAwait(false);
        return layer with
        {
            MediaType = layer.MediaType == MediaTypes.DockerLayer ? MediaTypes.DockerLayerGzip : MediaTypes.OciLayerGzip,
            Digest = digest,
            Size = ingest.BytesWritten,
        };
    }
}
