using Berth.Engine.Containers;
using Berth.Engine.Daemon;
using Berth.Engine.Events;
using Berth.Engine.Images;
using Berth.Engine.Networks;
using Berth.Engine.Snapshots;
using Berth.Engine.Volumes;
using Berth.Oci.Content;
using Berth.Oci.Distribution;
using Berth.Runtime;
using Berth.Runtime.Shim;
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
        services.AddSingleton(p => new DiskReserve(p.GetRequiredService<EnginePaths>().StateReserve, p.GetRequiredService<ILogger<DiskReserve>>()));
        services.AddSingleton(p => StateStore.Open(p.GetRequiredService<EnginePaths>().StateDatabase, p.GetRequiredService<DiskReserve>()));
        services.AddSingleton(p => new EventBus(p.GetRequiredService<TimeProvider>()));
        services.AddSingleton<KeyedLock>();

        services.AddSingleton(p => LocalContent.Open(p.GetRequiredService<EnginePaths>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => Snapshotter.Create(p.GetRequiredService<EnginePaths>().Snapshots, p.GetRequiredService<ILogger<ISnapshotter>>()));
        services.AddSingleton(p => new RegistryConnector(p.GetRequiredService<TimeProvider>(), "/etc/docker/certs.d"));
        services.AddSingleton(p => new ImageService(
            options, p.GetRequiredService<StateStore>(), p.GetRequiredService<IContentStore>(), p.GetRequiredService<ISnapshotter>(),
            p.GetRequiredService<RegistryConnector>(), p.GetRequiredService<EventBus>(), p.GetRequiredService<TimeProvider>(),
            p.GetRequiredService<ILogger<ImageService>>()));
        services.AddSingleton(p => new VolumeService(
            p.GetRequiredService<EnginePaths>(), p.GetRequiredService<StateStore>(), p.GetRequiredService<EventBus>(),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<VolumeService>>()));
        services.AddSingleton(_ => new HostNetwork());
        services.AddSingleton<IFirewall>(p => new NftFirewall(options, p.GetRequiredService<HostNetwork>(), p.GetRequiredService<ILoggerFactory>()));
        services.AddSingleton(p => new NetworkService(
            options, p.GetRequiredService<EnginePaths>(), p.GetRequiredService<StateStore>(), p.GetRequiredService<EventBus>(),
            p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILoggerFactory>(), p.GetRequiredService<IFirewall>(),
            p.GetRequiredService<HostNetwork>()));
        AddContainers(services, options);
        services.AddSingleton(p => new SystemService(
            options, p.GetRequiredService<EnginePaths>(), p.GetRequiredService<ContainerService>(), p.GetRequiredService<ImageService>(),
            p.GetRequiredService<RuntimeTable>(), p.GetRequiredService<RegistryConnector>(), p.GetRequiredService<TimeProvider>()));
        services.AddSingleton(p => new BerthEngine(
            p.GetRequiredService<ContainerService>(), p.GetRequiredService<ImageService>(), p.GetRequiredService<NetworkService>(),
            p.GetRequiredService<VolumeService>(), p.GetRequiredService<SystemService>(), p.GetRequiredService<EventBus>())
        {
            Reserve = p.GetRequiredService<DiskReserve>(),
        });
        return services;
    }

    private static void AddContainers(IServiceCollection services, EngineOptions options)
    {
        services.AddSingleton(_ => HostFacts.Detect());
        services.AddSingleton<RuntimeTable>();
        services.AddSingleton<IContainerRuntime>(p => new ShimRuntime(
            p.GetRequiredService<RuntimeTable>().Default, options.ProgramDirectory, p.GetRequiredService<EnginePaths>().RuntimeState));
        services.AddSingleton<ContainerTable>();
        services.AddSingleton<ContainerStore>();
        services.AddSingleton<ContainerEvents>();
        services.AddSingleton<ExecTable>();
        services.AddSingleton<ExecLauncher>();
        services.AddSingleton<HostMounts>();
        services.AddSingleton<RuntimeSpecBuilder>();
        services.AddSingleton<HostConfigValidation>();
        services.AddSingleton(p => new MountResolver(
            p.GetRequiredService<VolumeService>(), name => p.GetRequiredService<ContainerTable>().Get(name).Spec, p.GetRequiredService<EnginePaths>().DataRoot));
        services.AddSingleton<ContainerResources>();
        services.AddSingleton<ContainerRemover>();
        services.AddSingleton<ContainerLauncher>();
        services.AddSingleton<HealthMonitor>();
        services.AddSingleton<ExitWatcher>();
        services.AddSingleton<LeftoverSweeper>();
        services.AddSingleton<ContainerRestorer>();
        services.AddSingleton(CreateContainerService);
    }

    private static ContainerService CreateContainerService(IServiceProvider p)
    {
        ContainerTable table = p.GetRequiredService<ContainerTable>();
        VolumeService volumes = p.GetRequiredService<VolumeService>();
        volumes.UsersOf = name => [.. table.All.Where(c => c.Spec.Mounts.Any(m => m.VolumeName == name)).Select(c => c.Id)];
        ImageService images = p.GetRequiredService<ImageService>();
        images.ContainersOf = image => [.. table.All.Where(c => c.Spec.ImageId == image.ToString()).Select(c => (c.Id, c.State.CountsAsRunning))];
        return new ContainerService(
            p.GetRequiredService<EnginePaths>(), table, p.GetRequiredService<ContainerStore>(), p.GetRequiredService<ContainerEvents>(),
            p.GetRequiredService<ContainerResources>(), p.GetRequiredService<ContainerLauncher>(), p.GetRequiredService<ContainerRemover>(),
            p.GetRequiredService<ContainerRestorer>(), p.GetRequiredService<ExitWatcher>(), p.GetRequiredService<ExecTable>(),
            p.GetRequiredService<ExecLauncher>(),
            p.GetRequiredService<HostConfigValidation>(), p.GetRequiredService<MountResolver>(), p.GetRequiredService<RuntimeTable>(),
            p.GetRequiredService<ISnapshotter>(), images, p.GetRequiredService<NetworkService>(), volumes,
            p.GetRequiredService<KeyedLock>(), p.GetRequiredService<TimeProvider>(), p.GetRequiredService<ILogger<ContainerService>>());
    }

    private static EnginePaths CreatePaths(EngineOptions options)
    {
        var paths = new EnginePaths(options);
        paths.Create();
        return paths;
    }
}
