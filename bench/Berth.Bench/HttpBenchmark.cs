using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;

namespace Berth.Bench;

/// <summary>Create, start, wait and remove through one raw HTTP client: the daemons alone.</summary>
internal static class HttpBenchmark
{
    public static async Task MeasureAsync(DaemonPair pair)
    {
        using HttpClient ours = Connect(pair.Ours.Socket);
        using HttpClient reference = Connect(pair.Reference.Socket);
        await Measure.PairAsync("create, start, wait, remove over HTTP", () => LifeAsync(ours), () => LifeAsync(reference));
    }

    private static async Task LifeAsync(HttpClient client)
    {
        using var body = new StringContent("{\"Image\":\"busybox\",\"Cmd\":[\"true\"]}", Encoding.UTF8, "application/json");
        using HttpResponseMessage created = await client.PostAsync(new Uri("/v1.41/containers/create", UriKind.Relative), body);
        created.EnsureSuccessStatusCode();
        string id = (await created.Content.ReadFromJsonAsync<System.Text.Json.JsonElement>()).GetProperty("Id").GetString()!;
        await SendAsync(client, HttpMethod.Post, $"/v1.41/containers/{id}/start");
        await SendAsync(client, HttpMethod.Post, $"/v1.41/containers/{id}/wait");
        await SendAsync(client, HttpMethod.Delete, $"/v1.41/containers/{id}");
    }

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path)
    {
        using var request = new HttpRequestMessage(method, path);
        using HttpResponseMessage answer = await client.SendAsync(request);
        answer.EnsureSuccessStatusCode();
        await answer.Content.ReadAsByteArrayAsync();
    }

    private static HttpClient Connect(string path) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://docker"),
    };
}
