using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Berth.Oci;

namespace Berth.TestHost.Fakes;

/// <summary>A registry that can be told to misbehave.</summary>
public sealed class FakeRegistry : IAsyncDisposable
{
    private readonly HttpListener _listener;
    private readonly Task _serving;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public FakeRegistry()
    {
        for (int attempt = 0; ; attempt++)
        {
            // One that could not listen cannot be used again.
            Port = Random.Shared.Next(20000, 60000);
            _listener = new HttpListener();
            _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException) when (attempt < 20)
            {
                // taken: another port
            }
        }

        _serving = ServeAsync();
    }

    public int Port { get; }
    public string Domain => $"127.0.0.1:{Port}";
    public ConcurrentDictionary<string, (string MediaType, byte[] Content)> Manifests { get; } = new();
    public ConcurrentDictionary<Digest, byte[]> Blobs { get; } = new();

    /// <summary>Method, path and range of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Answers in place of the registry where it returns true.</summary>
    public Func<HttpListenerContext, Task<bool>>? Intercept { get; set; }

    public int Count(string what) => Requests.Count(r => r.Contains(what, StringComparison.Ordinal));

    public Digest AddBlob(byte[] content)
    {
        Blobs[Digest.Of(content)] = content;
        return Digest.Of(content);
    }

    public Descriptor AddManifest(string mediaType, byte[] content, params string[] tags)
    {
        foreach (string name in tags.Append(Digest.Of(content).ToString()))
        {
            Manifests[name] = (mediaType, content);
        }

        return new Descriptor { MediaType = mediaType, Digest = Digest.Of(content), Size = content.Length };
    }

    /// <summary>Adds an image of gzip layers.</summary>
    public (Descriptor Manifest, Digest Config, IReadOnlyList<Descriptor> Layers) AddImage(string? tag, IReadOnlyList<byte[]> tars, Platform? platform = null)
    {
        List<Descriptor> layers = tars.Select(tar =>
        {
            byte[] compressed = TestImages.Gzip(tar);
            return new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = AddBlob(compressed), Size = compressed.Length };
        }).ToList();
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(
            TestImages.Config(tars.Select(t => Digest.Of(t)).ToList(), platform ?? Platform.Host), OciJson.Default.ImageConfig);
        byte[] manifest = JsonSerializer.SerializeToUtf8Bytes(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = AddBlob(config), Size = config.Length },
            Layers = layers,
        }, OciJson.Default.ImageManifest);
        return (AddManifest(MediaTypes.OciManifest, manifest, tag is null ? [] : [tag]), Digest.Of(config), layers);
    }

    public Descriptor AddIndex(string tag, params Descriptor[] manifests) => AddManifest(
        MediaTypes.OciIndex,
        JsonSerializer.SerializeToUtf8Bytes(new ImageIndex { MediaType = MediaTypes.OciIndex, Manifests = manifests }, OciJson.Default.ImageIndex),
        tag);

    public async ValueTask DisposeAsync()
    {
        _closed.SetResult();
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        var answers = new List<Task>();
        try
        {
            while (true)
            {
                // Asked for while the listener is being closed, the next request may neither come nor fail.
                Task<HttpListenerContext> next = _listener.GetContextAsync();
                if (await Task.WhenAny(next, _closed.Task) != next)
                {
                    break;
                }

                answers.Add(AnswerAsync(await next));
            }
        }
        catch (Exception e) when (_closed.Task.IsCompleted && e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // It was closed meanwhile.
        }

        await Task.WhenAll(answers);
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            Requests.Enqueue($"{context.Request.HttpMethod} {context.Request.Url!.AbsolutePath} {context.Request.Headers["Range"]}".TrimEnd());
            if (Intercept is { } intercept && await intercept(context))
            {
                return;
            }

            await AnswerAsync(context.Request, context.Response);
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // the client has left: some tests make it do so
        }
    }

    private async Task AnswerAsync(HttpListenerRequest request, HttpListenerResponse response)
    {
        string[] parts = request.Url!.AbsolutePath.Split('/');
        string last = parts[^1];
        if (request.Url.AbsolutePath == "/v2/")
        {
            response.Close();
        }
        else if (parts[^2] == "manifests" && Manifests.TryGetValue(last, out (string MediaType, byte[] Content) manifest))
        {
            response.ContentType = manifest.MediaType;
            response.Headers["Docker-Content-Digest"] = Digest.Of(manifest.Content).ToString();
            await SendAsync(response, manifest.Content, request.HttpMethod);
        }
        else if (parts[^2] == "blobs" && Digest.TryParse(last, out Digest digest) && Blobs.TryGetValue(digest, out byte[]? blob))
        {
            if (request.Headers["Range"] is { } range)
            {
                int from = int.Parse(range["bytes=".Length..].TrimEnd('-'), System.Globalization.CultureInfo.InvariantCulture);
                if (from >= blob.Length)
                {
                    await RefuseAsync(response, 416, "BLOB_UNKNOWN", "requested range not satisfiable");
                    return;
                }

                response.StatusCode = 206;
                response.Headers["Content-Range"] = $"bytes {from}-{blob.Length - 1}/{blob.Length}";
                blob = blob[from..];
            }

            await SendAsync(response, blob, request.HttpMethod);
        }
        else
        {
            await RefuseAsync(response, 404, parts[^2] == "manifests" ? "MANIFEST_UNKNOWN" : "BLOB_UNKNOWN",
                parts[^2] == "manifests" ? "manifest unknown" : "blob unknown to registry");
        }
    }

    public static async Task RefuseAsync(HttpListenerResponse response, int status, string code, string message)
    {
        response.StatusCode = status;
        response.ContentType = "application/json";
        byte[] body = Encoding.UTF8.GetBytes($$"""{"errors":[{"code":"{{code}}","message":"{{message}}"}]}""");
        await SendAsync(response, body, "GET");
    }

    /// <summary>Promises all of a blob, sends its beginning and cuts the connection.</summary>
    public static async Task CutAsync(HttpListenerResponse response, byte[] content, int after)
    {
        response.ContentLength64 = content.Length;
        await response.OutputStream.WriteAsync(content.AsMemory(0, after));
        await response.OutputStream.FlushAsync();
        response.Abort();
    }

    public static async Task SendAsync(HttpListenerResponse response, byte[] content, string method)
    {
        response.ContentLength64 = content.Length;
        if (method != "HEAD")
        {
            await response.OutputStream.WriteAsync(content);
        }

        response.Close();
    }
}
