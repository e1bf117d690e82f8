using System.Net.Sockets;
using Berth.Daemon.Configuration;
using Berth.Engine;
using Berth.Runtime;
using Berth.TestHost;
using Berth.TestHost.Fakes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Berth.Daemon.Tests;

/// <summary>The daemon's whole HTTP side on a socket of its own, over an engine that was not started: for what HTTP decides alone.</summary>
internal sealed class ScratchServer : IAsyncDisposable
{
    private readonly ScratchDirectory _directory = new();
    private readonly Listeners _listeners;
    private readonly WebApplication _app;

    private ScratchServer(TlsOptions? tls, IReadOnlyList<ListenAddress> extra, Action<IEndpointRouteBuilder>? routes)
    {
        SocketPath = _directory.File("d.sock");
        var options = new DaemonOptions
        {
            Engine = new EngineOptions { DataRoot = _directory.File("data"), ExecRoot = _directory.File("exec") },
            PidFile = _directory.File("pid"),
            Hosts = [ListenAddress.Unix(SocketPath), .. extra],
        };
        _listeners = Listeners.Bind(options);
        _app = DaemonServer.Create(_listeners, tls, TimeSpan.FromSeconds(2), services =>
        {
            services.AddLogging(logging => logging.AddProvider(Log));
            services.AddBerthEngine(options.Engine);
            services.AddSingleton<IContainerRuntime>(Runtime);
        });
        routes?.Invoke(_app);
    }

    public string SocketPath { get; }

    public FakeRuntime Runtime { get; } = new();

    public CapturedLog Log { get; } = new();

    public IEnumerable<System.Net.IPEndPoint> TcpEndPoints => _listeners.Bound.Select(bound => bound.EndPoint).OfType<System.Net.IPEndPoint>();

    public static async Task<ScratchServer> StartAsync(
        Action<IEndpointRouteBuilder>? routes = null, TlsOptions? tls = null, IReadOnlyList<ListenAddress>? extra = null)
    {
        var server = new ScratchServer(tls, extra ?? [], routes);
        await server._app.StartAsync();
        return server;
    }

    public HttpClient Client() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) => new NetworkStream(await ConnectAsync(ct), ownsSocket: true),
    })
    { BaseAddress = new Uri("http://d") };

    public async Task<Socket> ConnectAsync(CancellationToken ct = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), ct);
        return socket;
    }

    public Task StopAsync() => _app.StopAsync();

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _listeners.Dispose();
        _directory.Dispose();
    }
}

internal sealed class CapturedLog : ILoggerProvider, ILogger
{
    private readonly List<string> _lines = [];

    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_lines)
            {
                return [.. _lines];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_lines)
        {
            _lines.Add($"{logLevel}: {formatter(state, exception)} {exception?.Message}");
        }
    }

    public void Dispose()
    {
    }
}
