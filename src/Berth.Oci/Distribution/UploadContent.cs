using System.Buffers;
using System.Net;

namespace Berth.Oci.Distribution;

/// <summary>A blob on its way out, from a stream that is opened when the request is sent and never held in memory.</summary>
internal sealed class UploadContent : HttpContent
{
    private const int BufferSize = 256 * 1024;

    private readonly long _size;
    private readonly Func<Stream> _open;
    private readonly IProgress<long>? _progress;

    public UploadContent(long size, Func<Stream> open, IProgress<long>? progress)
    {
        (_size, _open, _progress) = (size, open, progress);
        Headers.ContentType = new("application/octet-stream");
        Headers.ContentLength = size;
    }

    /// <summary>Called after each write, with whether it was the last one.</summary>
    public Action<bool>? OnProgress { get; set; }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        Stream source = _open();
        await using (source.ConfigureAwait(false))
        {
            try
            {
                long sent = 0;
                int count;
                while ((count = await source.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    if ((sent += count) > _size)
                    {
                        break;
                    }

                    await stream.WriteAsync(buffer.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
                    OnProgress?.Invoke(sent == _size);
                    _progress?.Report(sent);
                }

                if (sent != _size)
                {
                    throw new InvalidDataException($"a blob of {_size} bytes was to be sent, but its source has {(sent > _size ? "more" : sent)}");
                }
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override bool TryComputeLength(out long length)
    {
        length = _size;
        return true;
    }
}
