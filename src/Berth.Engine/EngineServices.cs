using Berth.Engine.Containers;
using Berth.Engine.Daemon;
using Berth.Engine.Events;
using Berth.Engine.Images;
using Berth.Engine.Networks;
using Berth.Engine.Snapshots;
using Berth.Engine.Volumes;
using Berth.Linux.Files;
using Berth.Oci.Content;
using Berth.Oci.Distribution;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Berth.Engine;

/// <summary>Who is made of what: the only place that names the concrete parts together.</summary>
public static class EngineServices
{
    /// <summary>Adds a <see cref="BerthEngine"/>. Its directories are made and its database is opened when it is first asked for.</summary>
    public static IServiceCollection AddBerthEngine(this IServiceCollection services, EngineOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(_ => CreatePaths(options));
        services.AddSingleton(p => StateStore.Open(p.GetRequiredService<EnginePaths>().StateDatabase));
        services.AddSingleton(p => new EventBus(p.GetRequiredService<TimeProvider>()));

        services.AddSingleton<IContentStore>(p => new LocalContentStore(
            p.GetRequiredService<EnginePaths>().Content, FileCalls.SynchronizeDirectory, p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ISnapshotter>(p => new OverlaySnapshotter(p.GetRequiredService<EnginePaths>().Snapshots));
        services.AddSingleton(p => new RegistryConnector(p.GetRequiredService<TimeProvider>(), "/etc/docker/certs.d"));
        services.AddSingleton(p => new ImageService(
            options, p.GetRequiredService<StateStore>(), p.GetRequiredService<IContentStore>(), p.GetRequiredService<ISnapshotter>(),
            p.GetRequiredService<RegistryConnector>(), p.GetRequiredService<EventBus>(), p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<ImageService>>()));
        services.AddSingleton(p => new VolumeService(
            p.GetRequiredService<EnginePaths>(), p.GetRequiredService<StateStore>(), p.GetRequiredService<EventBus>(),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<VolumeService>>()));
        services.AddSingleton(_ => new NetworkService());
        services.AddSingleton(_ => new ContainerTable());
        services.AddSingleton(_ => new ContainerService());
        services.AddSingleton(p => new SystemService(
            options, p.GetRequiredService<EnginePaths>(), p.GetRequiredService<ContainerService>(), p.GetRequiredService<ImageService>(),
            p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<BerthEngine>();
        return services;
    }

    private static EnginePaths CreatePaths(EngineOptions options)
    {
        var paths = new EnginePaths(options);
        paths.Create();
        return paths;
    }
}
