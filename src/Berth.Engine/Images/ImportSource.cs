using Berth.Api;

namespace Berth.Engine.Images;

/// <summary>A root file system that is imported from an address instead of the request's body.</summary>
internal sealed class ImportSource : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;

    private ImportSource(HttpResponseMessage response, Stream content) => (_response, Content) = (response, content);

    public Stream Content { get; }

    /// <param name="address">An http or https URL; the scheme may be missing, as with dockerd.</param>
    public static async Task<ImportSource> OpenAsync(HttpMessageInvoker http, string address, IProgress<JsonMessage> progress, CancellationToken ct)
    {
        string text = address.Contains("://", StringComparison.Ordinal) ? address : "http://" + address;
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || (url.Scheme != Uri.UriSchemeHttp && url.Scheme != Uri.UriSchemeHttps))
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"invalid source URL: {address}");
        }

        progress.Report(new JsonMessage { Status = $"Downloading from {url}" });
        HttpResponseMessage response;
        try
        {
            response = await http.SendAsync(new HttpRequestMessage(HttpMethod.Get, url), ct).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new EngineException(ErrorKind.System, $"Get \"{url}\": {e.Message}", e);
        }

        if (!response.IsSuccessStatusCode)
        {
            response.Dispose();
            throw new EngineException(ErrorKind.System, $"failed to GET {url} with status {(int)response.StatusCode} {response.ReasonPhrase}");
        }

        return new ImportSource(response, await response.Content.ReadAsStreamAsync(ct).ConfigureAwait(false));
    }

    public async ValueTask DisposeAsync()
    {
        await Content.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }
}
