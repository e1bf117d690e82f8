using System.Security.Cryptography.X509Certificates;
using Berth.Registry.Endpoints;
using Berth.Registry.Storage;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Berth.Registry;

/// <summary>A registry that listens. The program runs one; tests start as many as they like, on port 0.</summary>
public sealed class RegistryApp : IAsyncDisposable
{
    private readonly WebApplication _app;

    private RegistryApp(WebApplication app) => _app = app;

    /// <summary>Where it answers; the port is the real one.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses.First()
        ?? throw new InvalidOperationException("the registry is not listening"));

    /// <exception cref="IOException">The address is taken, or the root directory cannot be used.</exception>
    public static Task<RegistryApp> StartAsync(RegistryOptions options, CancellationToken ct) =>
        StartAsync(options, time: TimeProvider.System, ct);

    internal static async Task<RegistryApp> StartAsync(RegistryOptions options, TimeProvider time, CancellationToken ct)
    {
        WebApplication app = Build(options, time);
        try
        {
            await app.StartAsync(ct).ConfigureAwait(false);
            return new RegistryApp(app);
        }
        catch
        {
            await app.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Returns when the process was asked to end and the requests under way have ended.</summary>
    public Task WaitForShutdownAsync(CancellationToken ct) => _app.WaitForShutdownAsync(ct);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _app.DisposeAsync().ConfigureAwait(false);
    }

    internal IRegistryStorage Storage => _app.Services.GetRequiredService<IRegistryStorage>();

    private static WebApplication Build(RegistryOptions options, TimeProvider time)
    {
        // Empty: the other builders watch all below the working directory for changes of an appsettings.json.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        if (options.TlsCertificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, options));
        builder.Services.AddSingleton(options).AddSingleton(time).AddSingleton(OpenStorage).AddHostedService<GarbageCollector>();

        WebApplication app = builder.Build();
        IRegistryStorage storage = app.Services.GetRequiredService<IRegistryStorage>();
        ILogger log = app.Services.GetRequiredService<ILogger<RegistryApp>>();
        app.Run(async http =>
        {
            http.Response.Headers["Docker-Distribution-API-Version"] = "registry/2.0";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            try
            {
                await RegistryRouter.HandleAsync(http, storage, options).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                await Failures.WriteAsync(http, e, log).ConfigureAwait(false);
            }
        });
        return app;
    }

    private static IRegistryStorage OpenStorage(IServiceProvider services)
    {
        RegistryOptions options = services.GetRequiredService<RegistryOptions>();
        TimeProvider time = services.GetRequiredService<TimeProvider>();
        return options.Root is { } root
            ? FileStorage.Open(root, options, time, services.GetRequiredService<ILogger<FileStorage>>())
            : new MemoryStorage(options, time);
    }

    private static void Configure(KestrelServerOptions kestrel, RegistryOptions options)
    {
        const int bufferSize = 1 << 20;
        kestrel.AddServerHeader = false;
        // Layers have no largest size; the manifest's limit is kept by its endpoint.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.MaxRequestBufferSize = bufferSize;
        kestrel.Limits.MaxResponseBufferSize = bufferSize;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(30));
        kestrel.Limits.MinResponseDataRate = new MinDataRate(bytesPerSecond: 100, gracePeriod: TimeSpan.FromSeconds(30));
        kestrel.Listen(options.Address, listen =>
        {
            if (options is { TlsCertificate: { } certificate, TlsKey: { } key })
            {
                listen.UseHttps(X509Certificate2.CreateFromPemFile(certificate, key));
            }
        });
    }
}
