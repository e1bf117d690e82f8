using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Berth.Oci;
using Berth.TestHost;

namespace Berth.Registry.Tests;

/// <summary>A registry in this process over a directory of its own, and a client that follows nothing and hides nothing.</summary>
internal sealed class RegistryUnderTest : IAsyncDisposable
{
    private readonly ScratchDirectory _scratch;
    private RegistryApp _app;

    private RegistryUnderTest(ScratchDirectory scratch, RegistryApp app, RegistryOptions options)
    {
        (_scratch, _app, Options) = (scratch, app, options);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = app.Address };
    }

    public HttpClient Http { get; private set; }

    public RegistryOptions Options { get; }

    public string Root => Options.Root!;

    public string Authority => _app.Address.Authority;

    public Uri Address => _app.Address;

    public static async Task<RegistryUnderTest> StartAsync(Func<RegistryOptions, RegistryOptions>? configure = null)
    {
        var scratch = new ScratchDirectory();
        var options = new RegistryOptions { Address = new IPEndPoint(IPAddress.Loopback, 0), Root = scratch.File("registry") };
        options = configure?.Invoke(options) ?? options;
        return new RegistryUnderTest(scratch, await RegistryApp.StartAsync(options, CancellationToken.None), options);
    }

    /// <summary>Ends the registry and starts another over the same directory.</summary>
    public async Task RestartAsync(Func<RegistryOptions, RegistryOptions>? configure = null)
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _app = await RegistryApp.StartAsync(configure?.Invoke(Options) ?? Options, CancellationToken.None);
        Http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = _app.Address };
    }

    public Task CollectAsync() => Task.Run(() => _app.Storage.Collect(CancellationToken.None));

    public async Task PushBlobAsync(string repository, byte[] content)
    {
        using HttpResponseMessage response = await Http.PostAsync($"/v2/{repository}/blobs/uploads/?digest={Digest.Of(content)}", new ByteArrayContent(content));
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    public async Task PushAsync(string repository, SampleImage image, string? tag = null)
    {
        await PushBlobAsync(repository, image.Config);
        await PushBlobAsync(repository, image.Layer);
        using HttpResponseMessage response = await PutManifestAsync(repository, tag ?? image.Digest.ToString(), image.Manifest);
        Assert.Equal(HttpStatusCode.Created, response.StatusCode);
    }

    public Task<HttpResponseMessage> PutManifestAsync(string repository, string reference, byte[] content, string? mediaType = MediaTypes.OciManifest) =>
        Http.PutAsync($"/v2/{repository}/manifests/{reference}", new ByteArrayContent(content)
        {
            Headers = { ContentType = mediaType is null ? null : new MediaTypeHeaderValue(mediaType) },
        });

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, byte[]? content = null, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path);
        if (content is not null)
        {
            request.Content = new ByteArrayContent(content);
        }

        foreach ((string name, string value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                (request.Content ??= new ByteArrayContent([])).Headers.TryAddWithoutValidation(name, value);
            }
        }

        return Http.SendAsync(request);
    }

    /// <summary>Opens an upload and returns where it goes on.</summary>
    public async Task<string> BeginUploadAsync(string repository, string query = "")
    {
        using HttpResponseMessage response = await SendAsync(HttpMethod.Post, $"/v2/{repository}/blobs/uploads/{query}", []);
        Assert.Equal(HttpStatusCode.Accepted, response.StatusCode);
        return Header(response, "Location");
    }

    public static string Header(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values) ? values.ToString()
        : response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : "";

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.DisposeAsync();
        _scratch.Dispose();
    }
}

internal static class RegistryAssert
{
    /// <summary>The answer is this refusal, in the form that the specification gives it.</summary>
    public static async Task RefusedAsync(HttpStatusCode status, string code, HttpResponseMessage response)
    {
        string body = await response.Content.ReadAsStringAsync();
        Assert.True(status == response.StatusCode, $"{(int)response.StatusCode}: {body}");
        Assert.Equal("application/json", response.Content.Headers.ContentType?.ToString());
        JsonElement error = JsonDocument.Parse(body).RootElement.GetProperty("errors")[0];
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.NotEmpty(error.GetProperty("message").GetString()!);
    }
}
