namespace Berth.Client.Http;

/// <summary>An answer whose body is still to be read. Disposing gives the connection back, or closes it where the body was not read to its end.</summary>
internal sealed class HttpResponse : IDisposable
{
    private readonly HttpConnection _connection;
    private readonly ConnectionPool _pool;
    private readonly HttpBodyStream _body;
    private bool _isGone;

    public HttpResponse(HttpHead head, HttpConnection connection, ConnectionPool pool, bool hasBody)
    {
        Head = head;
        _connection = connection;
        _pool = pool;
        _body = new HttpBodyStream(this, connection, head, hasBody);
    }

    public HttpHead Head { get; }

    /// <summary>Owns the answer: disposing it disposes this.</summary>
    public Stream Body => _body;

    public byte[] ReadAll()
    {
        using var memory = new MemoryStream();
        _body.CopyTo(memory);
        return memory.ToArray();
    }

    /// <summary>Takes the connection out of HTTP: what comes next on it are bytes of a container.</summary>
    public HijackedStream Hijack()
    {
        _isGone = true;
        return new HijackedStream(_connection, Head["Content-Type"]);
    }

    public void Dispose()
    {
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        if (_body.IsAtEnd && !Head.Says("Connection", "close") && !Head.IsOldHttp)
        {
            _pool.Return(_connection);
        }
        else
        {
            _connection.Dispose();
        }
    }
}
