using Berth.Api.Containers;
using Berth.Api.Images;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <param name="size">Measure the writable layer too, which takes as long as it has files.</param>
    public async Task<ContainerInspect> InspectAsync(string nameOrId, bool size, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        ContainerSpec spec = container.Spec;
        ContainerRunState state = container.State;
        (long? rw, long? total) = size ? await MeasureAsync(spec, ct).ConfigureAwait(false) : (null, null);
        return new ContainerInspect
        {
            Id = spec.Id,
            Created = GoTime.Format(spec.Created),
            Path = spec.Path,
            Args = spec.Arguments,
            State = Describe(state),
            Image = spec.ImageId,
            ResolvConfPath = WhenStarted(state, _paths.ResolvConfFile(spec.Id)),
            HostnamePath = WhenStarted(state, _paths.HostnameFile(spec.Id)),
            HostsPath = WhenStarted(state, _paths.HostsFile(spec.Id)),
            LogPath = spec.HostConfig.LogConfig?.Type is null or "json-file" ? WhenStarted(state, _paths.LogFile(spec.Id)) : "",
            Name = "/" + spec.Name,
            RestartCount = state.RestartCount,
            Driver = _snapshots.Name,
            Platform = "linux",
            ImageManifestDescriptor = spec.ImageManifest,
            ExecIDs = _execs.IdsOf(spec.Id),
            HostConfig = spec.HostConfig,
            GraphDriver = new DriverData { Name = _snapshots.Name, Data = DescribeRoot(spec.Id) },
            Storage = new Storage { RootFS = new RootFsStorage { Snapshot = new RootFsStorageSnapshot { Name = _snapshots.Name } } },
            SizeRw = rw,
            SizeRootFs = total,
            Mounts = ContainerMountView.Of(spec.Mounts),
            Config = spec.Config,
            NetworkSettings = ContainerNetworkView.Settings(spec, state, NetworkIdOf),
        };
    }

    private static ContainerState Describe(ContainerRunState state) => new()
    {
        Status = state.Status.Word(),
        Running = state.CountsAsRunning,
        Paused = state.Status == ContainerStatus.Paused,
        Restarting = state.Status == ContainerStatus.Restarting,
        OOMKilled = state.OutOfMemory,
        Dead = state.Status == ContainerStatus.Dead,
        Pid = state.Pid,
        ExitCode = state.ExitCode,
        Error = state.Error,
        StartedAt = GoTime.Format(state.StartedAt),
        FinishedAt = GoTime.Format(state.FinishedAt),
        Health = state.Health,
    };

    /// <summary>The files come into being with the first start.</summary>
    private static string WhenStarted(ContainerRunState state, string path) => state.StartedAt is null ? "" : path;

    /// <summary>Where the layers are, under the names that scripts look for. moby 28: daemon/graphdriver/overlay2, GetMetadata.</summary>
    private Dictionary<string, string> DescribeRoot(string id)
    {
        var data = new Dictionary<string, string>(StringComparer.Ordinal) { ["MergedDir"] = _resources.BundleOf(id).RootFsPath };
        foreach (string option in _snapshots.RootMount(id).Options)
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            switch (equals < 0 ? option : option[..equals])
            {
                case "lowerdir":
                    data["LowerDir"] = option[(equals + 1)..];
                    break;
                case "upperdir":
                    data["UpperDir"] = option[(equals + 1)..];
                    break;
                case "workdir":
                    data["WorkDir"] = option[(equals + 1)..];
                    break;
                default:
                    break;
            }
        }

        return data;
    }

    private string NetworkIdOf(string network)
    {
        try
        {
            return _networks.Resolve(network).Id;
        }
        catch (EngineException e) when (e.Kind == ErrorKind.NotFound)
        {
            return "";
        }
    }

    private async Task<(long? Writable, long? Total)> MeasureAsync(ContainerSpec spec, CancellationToken ct)
    {
        long writable = DirectorySize.Of(_snapshots.WritableDirectory(spec.Id));
        try
        {
            long image = spec.ImageId.Length == 0 ? 0 : (await _images.InspectAsync(spec.ImageId, null, manifests: false, ct).ConfigureAwait(false)).Size;
            return (writable, image + writable);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.NotFound)
        {
            // The image was removed by force: only the container's own part is known.
            return (writable, writable);
        }
    }
}
