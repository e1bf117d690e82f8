using Berth.Engine.Containers;
using Berth.Engine.Daemon;
using Berth.Engine.Events;
using Berth.Engine.Images;
using Berth.Engine.Networks;
using Berth.Engine.Volumes;
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

        services.AddSingleton(_ => new ImageService());
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
