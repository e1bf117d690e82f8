using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace Berth.Oci.Tests.Distribution;

/// <summary>Answers as a test tells it, host by host, and remembers what each host was sent.</summary>
internal sealed class HostileRegistry : HttpMessageHandler
{
    private readonly Dictionary<string, Func<HttpRequestMessage, HttpResponseMessage>> _hosts = [];

    public List<(string Host, string Method, string PathAndQuery, AuthenticationHeaderValue? Authorization, string Body)> Requests { get; } = [];

    public HostileRegistry On(string host, Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        _hosts[host] = answer;
        return this;
    }

    public IEnumerable<string> SecretsSentTo(string host) =>
        Requests.Where(request => request.Host == host).Select(request => $"{request.Authorization} {request.Body}".Trim()).Where(said => said.Length > 0);

    public static HttpResponseMessage Answer(HttpStatusCode status, string body = "", string? mediaType = null) =>
        new(status) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body)) { Headers = { ContentType = mediaType is null ? null : new(mediaType) } } };

    public static HttpResponseMessage Challenge(string header, string body = "")
    {
        HttpResponseMessage response = Answer(HttpStatusCode.Unauthorized, body);
        response.Headers.TryAddWithoutValidation("WWW-Authenticate", header);
        return response;
    }

    public static HttpResponseMessage RedirectTo(string address)
    {
        HttpResponseMessage response = Answer(HttpStatusCode.TemporaryRedirect);
        response.Headers.Location = new Uri(address, UriKind.RelativeOrAbsolute);
        return response;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Uri address = request.RequestUri!;
        Requests.Add((address.Authority, request.Method.Method, address.PathAndQuery, request.Headers.Authorization, body));
        HttpResponseMessage response = _hosts.TryGetValue(address.Authority, out Func<HttpRequestMessage, HttpResponseMessage>? answer)
            ? answer(request)
            : throw new HttpRequestException($"nobody at {address.Authority}");
        response.RequestMessage = request;
        return response;
    }
}

/// <summary>A body that never ends, or never begins.</summary>
internal sealed class EndlessStream(bool isSilent) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => 0; set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (isSilent)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        buffer.Span.Fill((byte)' ');
        return buffer.Length;
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
