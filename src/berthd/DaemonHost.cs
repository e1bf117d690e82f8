using System.Net;
using System.Runtime.InteropServices;
using Berth.Daemon.Configuration;
using Berth.Daemon.Logging;
using Berth.Engine;
using Berth.Engine.Daemon;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Berth.Daemon;

/// <summary>The daemon's life: everything it must hold alone, what it takes up, serving, and the orderly end.</summary>
internal static class DaemonHost
{
    /// <exception cref="EngineException">It cannot be started; the message says why.</exception>
    public static async Task RunAsync(DaemonOptions options, IReadOnlyList<string> arguments)
    {
        // Before the first request: proxies are looked up once.
        foreach ((string name, string value) in options.ProxyVariables)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        // 1. What only one daemon can have: its sockets, its data root, its PID file.
        using Listeners listeners = Listeners.Bind(options);
        using DataRootLock dataRoot = DataRootLock.Acquire(options.Engine);
        using PidFile pidFile = PidFile.Create(options.PidFile);

        // 2. What an earlier daemon left.
        var threshold = new LogThreshold { Level = options.LogLevel };
        await using WebApplication app = DaemonServer.Create(listeners, options.Tls, options.Engine.ShutdownTimeout, services =>
        {
            services.AddBerthEngine(options.Engine);
            services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace));
            services.TryAddEnumerable(ServiceDescriptor.Singleton<ILoggerProvider>(
                new StderrLoggerProvider(threshold, options.LogFormat, TimeProvider.System, Console.Error)));
        });
        BerthEngine engine = app.Services.GetRequiredService<BerthEngine>();
        engine.Reload(options.Engine, options.Debug);
        ILogger logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("Berth.Daemon");
        logger.Starting(EngineVersion.Version, options.Engine.DataRoot);
        await engine.StartAsync(CancellationToken.None);

        // 3. Serving, until SIGTERM or SIGINT.
        using PosixSignalRegistration hangUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal =>
        {
            signal.Cancel = true;
            Reload(arguments, engine, threshold, logger);
        });
        await app.StartAsync();
        WarnOfOpenSockets(listeners, options.Tls, logger);
        foreach ((_, EndPoint endPoint) in listeners.Bound)
        {
            logger.Listening(endPoint);
        }

        MemoryAtRest.Release();
        await app.WaitForShutdownAsync();

        // 4. The end: requests and streams have ended, containers run on.
        await engine.StopAsync();
        logger.Stopped();
    }

    private static void Reload(IReadOnlyList<string> arguments, BerthEngine engine, LogThreshold threshold, ILogger logger)
    {
        try
        {
            DaemonOptions options = DaemonOptions.Parse(arguments);
            threshold.Level = options.LogLevel;
            engine.Reload(options.Engine, options.Debug);
            logger.Reloaded();
        }
        catch (Exception e) when (e is ConfigurationException or EngineException)
        {
            logger.NotReloaded(e);
        }
    }

    private static void WarnOfOpenSockets(Listeners listeners, TlsOptions? tls, ILogger logger)
    {
        foreach ((ListenAddress address, EndPoint endPoint) in listeners.Bound)
        {
            if (address.IsTcp && tls?.ClientAuthorityPath is null)
            {
                logger.OpenToAll(tls is null ? "http" : "https", endPoint);
            }
        }
    }
}
