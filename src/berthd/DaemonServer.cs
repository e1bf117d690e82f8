using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Berth.Daemon.Configuration;
using Berth.Daemon.Endpoints;
using Berth.Daemon.Http;
using Berth.Engine;
using Berth.Engine.Daemon;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Berth.Daemon;

/// <summary>The HTTP side of the daemon: Kestrel with nothing around it, the middleware, the endpoints by noun.</summary>
internal static class DaemonServer
{
    /// <param name="services">Adds the engine and the log.</param>
    public static WebApplication Create(Listeners listeners, TlsOptions? tls, TimeSpan shutdownTimeout, Action<IServiceCollection> services)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, listeners, tls));
        builder.Services.Configure<SocketTransportOptions>(transport =>
        {
            transport.CreateBoundListenSocket = listeners.SocketOf;
            // Bytes. What a fast upload once filled stays with the server for long.
            transport.MaxReadBufferSize = 128 << 10;
        });
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = shutdownTimeout);
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(_ => new IdleMemory(TimeProvider.System, MemoryAtRest.Release));
        services(builder.Services);
        WebApplication app = builder.Build();
        app.Use(app.Services.GetRequiredService<IdleMemory>().OnRequestAsync);
        app.UseErrorMapping();
        app.UseApiVersions();
        app.UseWebSockets();
        app.UseRouting();
        Map(app, app.Services.GetRequiredService<BerthEngine>());
        return app;
    }

    private static void Map(IEndpointRouteBuilder routes, BerthEngine engine)
    {
        new SystemEndpoints(engine.System).Map(routes);
        new EventEndpoints(engine.Events).Map(routes);
        new ContainerEndpoints(engine.Containers).Map(routes);
        new AttachEndpoints(engine.Containers).Map(routes);
        new ExecEndpoints(engine.Containers).Map(routes);
        new ImageEndpoints(engine.Images).Map(routes);
        new NetworkEndpoints(engine.Networks, engine.Containers).Map(routes);
        new VolumeEndpoints(engine.Volumes).Map(routes);
        Unserved.Map(routes);
    }

    private static void Configure(KestrelServerOptions kestrel, Listeners listeners, TlsOptions? tls)
    {
        kestrel.AddServerHeader = false;
        KestrelServerLimits limits = kestrel.Limits;
        // Streams last as long as they last, and images are as big as they are; JSON has a limit of its own.
        limits.MaxRequestBodySize = null;
        limits.MinRequestBodyDataRate = null;
        limits.MinResponseDataRate = null;
        // Long, not infinite: Kestrel adds it to a timestamp of nanoseconds, where infinity wraps round and closes at the next tick.
        limits.KeepAliveTimeout = TimeSpan.FromDays(30);
        limits.RequestHeadersTimeout = TimeSpan.FromMinutes(5);
        // Go's limit for the whole head; filters and build arguments stand in the query.
        limits.MaxRequestLineSize = 1 << 20;
        limits.MaxRequestHeadersTotalSize = 1 << 20;
        HttpsConnectionAdapterOptions? https = tls is null ? null : Https(tls);
        foreach ((ListenAddress address, System.Net.EndPoint endPoint) in listeners.Bound)
        {
            kestrel.Listen(endPoint, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (address.IsTcp && https is not null)
                {
                    listen.UseHttps(https);
                }

                listen.Use(HijackTransport.Middleware);
            });
        }
    }

    private static HttpsConnectionAdapterOptions Https(TlsOptions tls)
    {
        try
        {
            X509Certificate2Collection? authorities = null;
            if (tls.ClientAuthorityPath is { } path)
            {
                authorities = [];
                authorities.ImportFromPemFile(path);
            }

            return new HttpsConnectionAdapterOptions
            {
                ServerCertificate = X509Certificate2.CreateFromPemFile(tls.CertificatePath, tls.KeyPath),
                SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                ClientCertificateMode = authorities is null ? ClientCertificateMode.NoCertificate : ClientCertificateMode.RequireCertificate,
                ClientCertificateValidation = (certificate, _, _) => authorities is not null && IsClient(certificate, authorities),
            };
        }
        catch (Exception e) when (e is CryptographicException or IOException or UnauthorizedAccessException)
        {
            throw new ConfigurationException($"cannot use the TLS files: {e.Message}");
        }
    }

    // Certified by one of ours for being a client; the system's authorities count for nothing here.
    private static bool IsClient(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.2")); // id-kp-clientAuth
        return chain.Build(certificate);
    }
}
