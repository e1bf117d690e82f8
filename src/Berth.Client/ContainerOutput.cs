using Berth.Api.Streams;
using Berth.Client.Http;

namespace Berth.Client;

/// <summary>What containers have written: bytes, in frames or not. The caller disposes it.</summary>
public sealed class ContainerOutput : IDisposable
{
    private readonly HttpResponse _response;

    internal ContainerOutput(HttpResponse response) => _response = response;

    public Stream Stream => _response.Body;

    /// <summary>True or false as the daemon says; null where it does not (before API 1.42 all output was called raw).</summary>
    public bool? IsMultiplexed => _response.Head["Content-Type"] switch
    {
        StdStreamFrame.MultiplexedMediaType => true,
        _ => null,
    };

    public void Dispose() => _response.Dispose();
}
