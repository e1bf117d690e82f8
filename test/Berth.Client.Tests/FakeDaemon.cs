using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Berth.Client.Tests;

/// <summary>What a client sent.</summary>
internal sealed record SeenRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body, int Connection)
{
    /// <summary>Without the version and the query.</summary>
    public string Path => System.Text.RegularExpressions.Regex.Replace(Target, @"^/v[\d.]+", "").Split('?')[0];
}

/// <summary>What to answer: a head and bytes, or a conversation.</summary>
internal sealed record CannedAnswer
{
    public int Status { get; init; } = 200;
    public string ContentType { get; init; } = "application/json";
    public string Body { get; init; } = "";

    /// <summary>Sent as chunks of these texts instead of the body.</summary>
    public IReadOnlyList<string>? Chunks { get; init; }

    /// <summary>The connection ends behind the answer, without a word about it before.</summary>
    public bool Hangs { get; init; }

    /// <summary>Takes the connection over after the head.</summary>
    public Func<Stream, Task>? Hijack { get; init; }
}

/// <summary>A daemon that records what it is asked and answers what it was told; on a unix socket of its own.</summary>
internal sealed class FakeDaemon : IAsyncDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("berth-fake-").FullName;
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly ConcurrentQueue<SeenRequest> _seen = new();
    private readonly Func<SeenRequest, CannedAnswer?> _answer;
    private readonly string _apiVersion;
    private readonly Task _accepting;
    private int _connections;

    public FakeDaemon(Func<SeenRequest, CannedAnswer?>? answer = null, string apiVersion = "1.50")
    {
        _answer = answer ?? (_ => null);
        _apiVersion = apiVersion;
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _accepting = Task.Run(AcceptAsync);
    }

    public string SocketPath => Path.Combine(_directory, "docker.sock");

    public string Address => "unix://" + SocketPath;

    public IReadOnlyList<SeenRequest> Seen => [.. _seen];

    public void Forget() => _seen.Clear();

    public SeenRequest Single(string method, string path) => Seen.Single(request => request.Method == method && request.Path == path);

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                Socket socket = await _listener.AcceptAsync();
                _ = Task.Run(() => ServeAsync(socket, Interlocked.Increment(ref _connections)));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // disposed
        }
    }

    private async Task ServeAsync(Socket socket, int connection)
    {
        await using var stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            while (await ReadRequestAsync(stream, connection) is { } request)
            {
                _seen.Enqueue(request);
                CannedAnswer answer = _answer(request) ?? DefaultAnswer(request);
                await WriteAsync(stream, request, answer);
                if (answer.Hijack is { } hijack)
                {
                    await hijack(stream);
                    return;
                }

                if (answer.Hangs)
                {
                    return;
                }
            }
        }
        catch (IOException)
        {
            // the client has gone
        }
    }

    private static CannedAnswer DefaultAnswer(SeenRequest request) => request switch
    {
        { Path: "/_ping" } => new CannedAnswer { Body = "OK", ContentType = "text/plain" },
        { Path: "/containers/create" } => new CannedAnswer { Status = 201, Body = $$"""{"Id":"{{new string('a', 64)}}","Warnings":[]}""" },
        { Method: "POST" } when request.Path.EndsWith("/start", StringComparison.Ordinal) => new CannedAnswer { Status = 204 },
        _ => new CannedAnswer { Status = 404, Body = """{"message":"page not found"}""" },
    };

    private async Task WriteAsync(Stream stream, SeenRequest request, CannedAnswer answer)
    {
        var head = new StringBuilder($"HTTP/1.1 {answer.Status} {(HttpStatusCode)answer.Status}\r\nApi-Version: {_apiVersion}\r\nOstype: linux\r\n");
        head.Append($"Content-Type: {answer.ContentType}\r\n");
        byte[] body = Encoding.UTF8.GetBytes(answer.Body);
        if (answer.Hijack is not null)
        {
            head.Append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
        }
        else if (answer.Chunks is not null)
        {
            head.Append("Transfer-Encoding: chunked\r\n");
        }
        else if (answer.Status != 204)
        {
            head.Append($"Content-Length: {body.Length}\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        if (request.Method == "HEAD" || answer.Hijack is not null)
        {
            return;
        }

        if (answer.Chunks is null)
        {
            await stream.WriteAsync(body);
            return;
        }

        foreach (string chunk in answer.Chunks)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(chunk);
            await stream.WriteAsync(Encoding.ASCII.GetBytes($"{bytes.Length:X}\r\n"));
            await stream.WriteAsync(bytes);
            await stream.WriteAsync("\r\n"u8.ToArray());
        }

        await stream.WriteAsync("0\r\n\r\n"u8.ToArray());
    }

    private static async Task<SeenRequest?> ReadRequestAsync(Stream stream, int connection)
    {
        if (await ReadLineAsync(stream) is not { Length: > 0 } first)
        {
            return null;
        }

        string[] words = first.Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(stream) is { Length: > 0 } line)
        {
            int colon = line.IndexOf(':');
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }

        return new SeenRequest(words[0], words[1], headers, Encoding.UTF8.GetString(await ReadBodyAsync(stream, headers)), connection);
    }

    private static async Task<byte[]> ReadBodyAsync(Stream stream, Dictionary<string, string> headers)
    {
        if (headers.TryGetValue("Content-Length", out string? length))
        {
            byte[] body = new byte[int.Parse(length)];
            await stream.ReadExactlyAsync(body);
            return body;
        }

        if (!headers.TryGetValue("Transfer-Encoding", out string? encoding) || encoding != "chunked")
        {
            return [];
        }

        using var all = new MemoryStream();
        while (true)
        {
            byte[] chunk = new byte[Convert.ToInt32(await ReadLineAsync(stream), 16)];
            await stream.ReadExactlyAsync(chunk);
            await ReadLineAsync(stream);
            if (chunk.Length == 0)
            {
                return all.ToArray();
            }

            all.Write(chunk);
        }
    }

    private static async Task<string?> ReadLineAsync(Stream stream)
    {
        var line = new List<byte>();
        byte[] one = new byte[1];
        while (await stream.ReadAsync(one) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return line.Count == 0 ? null : Encoding.UTF8.GetString([.. line]);
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        await _accepting;
        Directory.Delete(_directory, recursive: true);
    }
}
