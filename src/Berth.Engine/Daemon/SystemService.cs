using Berth.Engine.Containers;
using Berth.Engine.Images;
using Berth.Linux.Cgroups;
using Berth.Oci.Distribution;
using Berth.Runtime;

namespace Berth.Engine.Daemon;

/// <summary>The daemon and its host, described.</summary>
public sealed partial class SystemService
{
    private readonly EnginePaths _paths;
    private readonly ContainerService _containers;
    private readonly ImageService _images;
    private readonly RuntimeTable _runtimes;
    private readonly RegistryConnector _registries;
    private readonly TimeProvider _time;
    private readonly Lazy<HostDescription> _host = new(HostDescription.Read);
    private readonly Lazy<CgroupFeatures> _cgroups = new(CgroupFeatures.Detect);
    private readonly Lazy<RuntimeVersion?> _runtimeVersion;
    private readonly string _id;
    private EngineOptions _options;
    private bool _debug;

    internal SystemService(
        EngineOptions options, EnginePaths paths, ContainerService containers, ImageService images,
        RuntimeTable runtimes, RegistryConnector registries, TimeProvider time)
    {
        _options = options;
        _paths = paths;
        _containers = containers;
        _images = images;
        _runtimes = runtimes;
        _registries = registries;
        _time = time;
        _runtimeVersion = new Lazy<RuntimeVersion?>(() =>
            _runtimes.All.TryGetValue(_runtimes.Default, out RuntimeOption? runtime) ? RuntimeVersion.Ask(runtime.Path) : null);
        _id = EngineId.ReadOrCreate(_paths);
    }

    /// <summary>Takes what may change while the daemon runs.</summary>
    internal void Reload(EngineOptions options, bool debug)
    {
        _options = _options with
        {
            Labels = options.Labels,
            RegistryMirrors = options.RegistryMirrors,
            InsecureRegistries = options.InsecureRegistries,
        };
        _debug = debug;
    }
}
