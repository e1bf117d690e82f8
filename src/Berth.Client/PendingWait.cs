using System.Text.Json;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Client.Http;

namespace Berth.Client;

/// <summary>A wait that the daemon has registered and not answered yet.</summary>
public sealed class PendingWait : IDisposable
{
    private readonly HttpResponse _response;

    internal PendingWait(HttpResponse response) => _response = response;

    /// <summary>Blocks until the condition is met.</summary>
    /// <exception cref="IOException">The connection ended first.</exception>
    public ContainerWait Result()
    {
        byte[] body = _response.ReadAll();
        if (body.AsSpan().Trim((byte)'\n').IsEmpty)
        {
            throw new EndOfStreamException("unexpected EOF");
        }

        return JsonSerializer.Deserialize(body, ApiJson.Default.ContainerWait) ?? new ContainerWait();
    }

    public void Dispose() => _response.Dispose();
}
