using Berth.Api.Containers;
using Berth.Api.Volumes;
using Berth.Engine.Volumes;

namespace Berth.Engine.Containers;

/// <summary>Makes one list of mounts of <c>VolumesFrom</c>, <c>Binds</c>, <c>Mounts</c>, <c>Tmpfs</c> and the image's <c>VOLUME</c>s.</summary>
/// <param name="containerByName">The container that <c>VolumesFrom</c> names; throws NotFound.</param>
/// <param name="dataRoot">The daemon's own data, which binds treat with care.</param>
internal sealed class MountResolver(VolumeService volumes, Func<string, ContainerSpec> containerByName, string dataRoot)
{
    /// <summary>
    /// Declares what volumes are missing, anonymous ones under a name of 64 hex digits. Where creating fails later, the caller hands the result to
    /// <see cref="VolumeService.RemoveAnonymousAsync"/>.
    /// </summary>
    /// <remarks>moby 28: daemon/volumes.go, registerMountPoints; daemon/create_unix.go for the image's volumes.</remarks>
    /// <param name="config">The merged config: the image's and the request's.</param>
    /// <exception cref="EngineException">InvalidParameter with Docker's sentence. Anonymous volumes made so far are gone again.</exception>
    public async Task<IReadOnlyList<ContainerMount>> ResolveAsync(ContainerConfig config, HostConfig hostConfig, CancellationToken ct)
    {
        var mounts = new Dictionary<string, ContainerMount>(StringComparer.Ordinal);
        try
        {
            AddVolumesFrom(mounts, hostConfig);
            await AddRequestedAsync(mounts, hostConfig, ct).ConfigureAwait(false);
            foreach ((string destination, string options) in hostConfig.Tmpfs ?? new Dictionary<string, string>())
            {
                string path = ContainerPath.Clean(destination);
                mounts[path] = new ContainerMount { Type = "tmpfs", Destination = path, TmpfsOptions = TmpfsOptions.Merge(options) };
            }

            await AddImageVolumesAsync(mounts, config, hostConfig, ct).ConfigureAwait(false);
        }
        catch
        {
            await volumes.RemoveAnonymousAsync([.. mounts.Values], CancellationToken.None).ConfigureAwait(false);
            throw;
        }

        return [.. mounts.Values.OrderBy(mount => mount.Destination, StringComparer.Ordinal)];
    }

    private void AddVolumesFrom(Dictionary<string, ContainerMount> mounts, HostConfig hostConfig)
    {
        foreach (string text in hostConfig.VolumesFrom ?? [])
        {
            (string container, bool readWrite) = MountParser.ParseVolumesFrom(text);
            // a tmpfs of --tmpfs is no mount point in Docker's books
            foreach (ContainerMount mount in MountsOf(container).Where(mount => mount.Type is not "tmpfs" || mount.FromMounts))
            {
                mounts[mount.Destination] = mount with { ReadWrite = mount.ReadWrite && readWrite, CopyUp = false, Mode = "" };
            }
        }
    }

    /// <summary>Not NotFound: docker run would take that for a missing image, and pull it.</summary>
    private IReadOnlyList<ContainerMount> MountsOf(string container)
    {
        try
        {
            return containerByName(container).Mounts;
        }
        catch (EngineException e) when (e.Kind is ErrorKind.NotFound)
        {
            throw new EngineException(ErrorKind.InvalidParameter, e.Message, e);
        }
    }

    private async Task AddRequestedAsync(Dictionary<string, ContainerMount> mounts, HostConfig hostConfig, CancellationToken ct)
    {
        var taken = new HashSet<string>((hostConfig.Tmpfs ?? new Dictionary<string, string>()).Keys.Select(ContainerPath.Clean), StringComparer.Ordinal);
        foreach (string text in hostConfig.Binds ?? [])
        {
            ContainerMount mount = MountParser.ParseBind(text);
            Claim(mount.Destination);
            mounts[mount.Destination] = mount.Type is "volume"
                ? await DeclareAsync(mount, hostConfig.VolumeDriver, null, ct).ConfigureAwait(false)
                : BindSources.WithDaemonRoot(mount, dataRoot, isAsked: MountParser.NamesPropagation(mount.Mode));
        }

        foreach (Mount given in hostConfig.Mounts ?? [])
        {
            ContainerMount mount = MountParser.Parse(given);
            Claim(mount.Destination);
            mounts[mount.Destination] = mount.Type is "volume"
                ? await DeclareAsync(mount, mount.Driver ?? "", given.VolumeOptions, ct).ConfigureAwait(false)
                : BindSources.WithDaemonRoot(mount, dataRoot, isAsked: given.BindOptions?.Propagation is not null);
        }

        void Claim(string destination)
        {
            if (!taken.Add(destination))
            {
                throw MountErrors.Duplicate(destination);
            }
        }
    }

    private async Task AddImageVolumesAsync(Dictionary<string, ContainerMount> mounts, ContainerConfig config, HostConfig hostConfig, CancellationToken ct)
    {
        foreach (string given in config.Volumes?.Keys.Order(StringComparer.Ordinal) ?? Enumerable.Empty<string>())
        {
            // the CLI's -v /data comes this way, too; an image may leave the slash out
            string destination = ContainerPath.Clean("/" + given);
            MountErrors.CheckDestination(destination);
            if (!mounts.ContainsKey(destination))
            {
                var mount = new ContainerMount { Type = "volume", Destination = destination, CopyUp = true };
                mounts[destination] = await DeclareAsync(mount, hostConfig.VolumeDriver, null, ct).ConfigureAwait(false) with { Mode = "" };
            }
        }
    }

    private async Task<ContainerMount> DeclareAsync(ContainerMount mount, string driver, MountVolumeOptions? options, CancellationToken ct)
    {
        string name = await volumes.DeclareAsync(new VolumeCreateRequest
        {
            Name = mount.VolumeName ?? "",
            Driver = driver,
            DriverOpts = options?.DriverConfig?.Options,
            Labels = options?.Labels,
        }, ct).ConfigureAwait(false);
        return mount with
        {
            VolumeName = name,
            Anonymous = mount.VolumeName is null,
            Driver = VolumeService.LocalDriver,
            Source = volumes.DataPath(name),
            // what docker inspect shows of a volume for which no mode was given
            Mode = mount.Mode.Length == 0 ? "z" : mount.Mode,
        };
    }
}
