using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Berth.Api;
using Berth.Client.Http;

namespace Berth.Client;

/// <summary>The Engine API, spoken: a method per endpoint, in a file per noun.</summary>
/// <remarks>
/// Calls block. Each may be made from any thread; calls that run at the same time use connections of their own, calls that follow each other share one.
/// Every call throws <see cref="ApiException"/> where the daemon refuses and <see cref="DaemonUnreachableException"/> where none answers.
/// </remarks>
public sealed partial class BerthClient : IDisposable
{
    private readonly ConnectionPool _connections;
    private readonly IReadOnlyDictionary<string, string> _headers;
    private readonly ApiVersion? _fixedVersion;
    private readonly string _userAgent;
    private readonly Lock _negotiation = new();
    private PingAnswer? _ping;

    public BerthClient(DockerHost host, BerthClientOptions? options = null)
    {
        options ??= new BerthClientOptions();
        Host = host;
        _connections = new ConnectionPool(host);
        _headers = options.Headers;
        _fixedVersion = options.ApiVersion;
        _userAgent = options.UserAgent;
    }

    public DockerHost Host { get; }

    /// <summary>The version that is spoken: the one that was asked for, else the newest that both sides know.</summary>
    public ApiVersion ApiVersion
    {
        get
        {
            if (_fixedVersion is { } version)
            {
                return version;
            }

            ApiVersion theirs = Ping().ApiVersion;
            return theirs < ApiVersion.Current ? theirs : ApiVersion.Current;
        }
    }

    /// <summary>Asks the daemon who it is; the answer is kept.</summary>
    public PingAnswer Ping()
    {
        lock (_negotiation)
        {
            return _ping ??= AskWhoItIs();
        }
    }

    private PingAnswer AskWhoItIs()
    {
        using HttpResponse answer = _connections.Send(Request("HEAD", $"{Host.BasePath}/_ping", default, null));
        return new PingAnswer
        {
            // moby 28: client.NegotiateAPIVersionPing. A daemon that does not say is older than the header.
            ApiVersion = ApiVersion.TryParse(answer.Head["Api-Version"], out ApiVersion version) ? version : ApiVersion.Minimum,
            OsType = answer.Head["Ostype"] ?? "",
            BuilderVersion = answer.Head["Builder-Version"] ?? "",
            IsExperimental = answer.Head["Docker-Experimental"] == "true",
        };
    }

    internal HttpResponse Send(string method, string path, ReadOnlyMemory<byte> body = default, Stream? bodyStream = null,
        params ReadOnlySpan<(string Name, string Value)> headers)
    {
        HttpRequest request = Request(method, $"{Host.BasePath}/v{ApiVersion}{path}", body, bodyStream);
        foreach ((string Name, string Value) header in headers)
        {
            request.Headers.Add(header);
        }

        HttpResponse response = _connections.Send(request);
        if (response.Head.Status < 400)
        {
            return response;
        }

        using (response)
        {
            throw Refusal(response, request.Target);
        }
    }

    private HttpRequest Request(string method, string target, ReadOnlyMemory<byte> body, Stream? bodyStream)
    {
        var request = new HttpRequest { Method = method, Target = target, Body = body, BodyStream = bodyStream };
        request.Headers.Add(("User-Agent", _userAgent));
        foreach ((string name, string value) in _headers)
        {
            request.Headers.Add((name, value));
        }

        return request;
    }

    private static ApiException Refusal(HttpResponse response, string target)
    {
        byte[] body = response.ReadAll();
        var status = (HttpStatusCode)response.Head.Status;
        string message = "";
        if (response.Head.Says("Content-Type", "application/json"))
        {
            try
            {
                message = JsonSerializer.Deserialize(body, ApiJson.Default.ErrorResponse)?.Message ?? "";
            }
            catch (JsonException)
            {
                message = System.Text.Encoding.UTF8.GetString(body);
            }
        }
        else
        {
            message = System.Text.Encoding.UTF8.GetString(body);
        }

        // moby 28: client/request.go, checkResponseErr
        return new ApiException(status, message.Trim() is { Length: > 0 } text
            ? text
            : $"request returned {(int)status} {status} for API route and version {target}, check if the server supports the requested API version");
    }

    private HttpResponse SendJson<T>(string method, string path, T body, JsonTypeInfo<T> type, params ReadOnlySpan<(string, string)> headers) =>
        SendJson(method, path, JsonSerializer.SerializeToUtf8Bytes(body, type), headers);

    private HttpResponse SendJson(string method, string path, byte[] body, params ReadOnlySpan<(string, string)> headers)
    {
        (string, string)[] all = [("Content-Type", "application/json"), .. headers];
        return Send(method, path, body, null, all);
    }

    private static T Read<T>(HttpResponse response, JsonTypeInfo<T> type)
    {
        using (response)
        {
            return JsonSerializer.Deserialize(response.ReadAll(), type) ?? throw new InvalidDataException("the daemon answered null");
        }
    }

    private T Get<T>(string path, JsonTypeInfo<T> type) => Read(Send("GET", path), type);

    private JsonElement GetRaw(string path)
    {
        using HttpResponse response = Send("GET", path);
        using var document = JsonDocument.Parse(response.ReadAll());
        return document.RootElement.Clone();
    }

    private void Do(string method, string path) => Finish(Send(method, path));

    // The body is read so that the connection can be used again.
    private static void Finish(HttpResponse response)
    {
        using (response)
        {
            response.ReadAll();
        }
    }

    private static readonly (string, string)[] s_upgrade =
        [("Content-Type", "text/plain"), ("Connection", "Upgrade"), ("Upgrade", "tcp")];

    private static HijackedStream Hijack(HttpResponse response)
    {
        if (response.Head.Status is 101 or 200)
        {
            return response.Hijack();
        }

        using (response)
        {
            throw new InvalidDataException($"unable to upgrade to tcp, received {response.Head.Status}");
        }
    }

    internal static string Escape(string text) => Uri.EscapeDataString(text);

    public void Dispose() => _connections.Dispose();
}
