using System.Security.Cryptography;
using Berth.Api.Containers;
using Berth.Api.Images;
using Berth.Engine.Images;
using Berth.Engine.Volumes;
using Berth.Oci;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Attempts at a made-up name before the id has to do. moby 28: daemon/names.go.</summary>
    private const int NameAttempts = 6;

    private static readonly ContainerCreateRequest Empty = new();

    /// <remarks>
    /// (1) check what needs no state; (2) the image; (3) image and request into one config; (4) id and name; (5) volumes; (6) directory and
    /// writable layer; (7) the image's files into new volumes; (8) save. What fails undoes what came before.
    /// </remarks>
    public async Task<ContainerCreateResponse> CreateAsync(string? name, string? platform, ContainerCreateRequest request, CancellationToken ct)
    {
        // (1)
        if (request with { HostConfig = null, NetworkingConfig = null } == Empty)
        {
            throw ContainerErrors.NoConfig();
        }

        string? wantedName = string.IsNullOrEmpty(name) ? null : ContainerNames.Validate(name);
        HostConfig asked = request.HostConfig ?? new HostConfig();
        NetworkModeValidation.Validate(request, asked);
        asked = asked with
        {
            NetworkMode = NetworkModeValidation.Normalize(asked.NetworkMode),
            Runtime = await _runtimes.ResolveAsync(asked.Runtime).ConfigureAwait(false),
        };

        // (2)
        ResolvedImage? image = request.Image.Length == 0 ? null : await _images.ResolveAsync(request.Image, platform, ct).ConfigureAwait(false);

        // (3)
        ContainerConfig config = ContainerConfigValidation.Validate(ContainerConfigMerge.Merge(request, image?.Config.Config));
        (HostConfig host, IReadOnlyList<string> warnings) = _hostConfigs.Normalize(asked);
        host = host with { NetworkMode = ById(host.NetworkMode), IpcMode = ById(host.IpcMode), PidMode = ById(host.PidMode) };

        // (4)
        string id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        await using var undo = new Undo(_logger);
        string reserved = ReserveName(wantedName, id);
        undo.Push("name", () => _table.ReleaseName(reserved, id));
        ContainerSpec spec = Compose(id, reserved, image, config, host, request.NetworkingConfig);

        // (5)
        spec = spec with { Mounts = await _mounts.ResolveAsync(config, host, ct).ConfigureAwait(false) };
        undo.Push("anonymous volumes", async () => await _volumes.RemoveAnonymousAsync(spec.Mounts, CancellationToken.None).ConfigureAwait(false));

        // (6)
        undo.Push("files", () => _remover.DeleteFiles(id));
        Directory.CreateDirectory(_paths.Container(id), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute);
        _snapshots.CreateWritable(id, image?.TopChainId);

        // (7)
        FillVolumes(spec);

        // (8)
        var container = new Container(spec, new ContainerRunState(), _locks);
        _store.Save(container);
        _table.Add(container);
        undo.Complete();
        Log.Created(_logger, id, reserved, config.Image);
        _events.Publish(container, "create");
        return new ContainerCreateResponse { Id = id, Warnings = [.. warnings, .. PlatformWarnings(image, platform)] };
    }

    private string ReserveName(string? wanted, string id)
    {
        if (wanted is not null)
        {
            _table.ReserveName(wanted, id);
            return wanted;
        }

        for (int attempt = 0; attempt < NameAttempts; attempt++)
        {
            string name = ContainerNames.MakeUp(attempt);
            if (_table.TryReserveName(name, id, out _))
            {
                return name;
            }
        }

        _table.ReserveName(id[..12], id);
        return id[..12];
    }

    private ContainerSpec Compose(
        string id, string name, ResolvedImage? image, ContainerConfig config, HostConfig host, NetworkingConfig? networking)
    {
        string hostname = config.Hostname.Length > 0 ? config.Hostname
            : host.NetworkMode == SandboxRequests.Host ? Environment.MachineName
            : id[..12];
        config = config with { Hostname = hostname };
        (string path, IReadOnlyList<string> arguments) = ContainerConfigMerge.CommandOf(config);
        return new ContainerSpec
        {
            Id = id,
            Name = name,
            Created = _time.GetUtcNow(),
            ImageId = image?.Id.ToString() ?? "",
            ImageManifest = image is null ? null : Describe(image),
            TopChainId = image?.TopChainId?.ToString(),
            Path = path,
            Arguments = arguments,
            Config = config,
            HostConfig = host,
            Networks = ContainerNetworks.Resolve(config, host.NetworkMode, networking, _networks),
            Runtime = host.Runtime ?? _runtimes.Default,
        };
    }

    private static OciDescriptor Describe(ResolvedImage image) => new()
    {
        MediaType = image.Manifest.MediaType,
        Digest = image.Manifest.Digest.ToString(),
        Size = image.Manifest.Size,
        Platform = new OciPlatform
        {
            Architecture = image.Config.Architecture,
            Os = image.Config.Os,
            Variant = image.Config.Variant ?? "",
        },
    };

    /// <summary><c>container:&lt;name&gt;</c> is kept by id, so that a rename does not cut the tie.</summary>
    /// <summary>Not NotFound for one that is not there: docker run would take that for a missing image, and pull it.</summary>
    private string ById(string mode)
    {
        if (SandboxRequests.SharedContainer(mode) is not { } other)
        {
            return mode;
        }

        return _table.Find(other) is { } container
            ? $"container:{container.Id}"
            : throw new EngineException(ErrorKind.InvalidParameter, ContainerErrors.NoSuchContainer(other).Message);
    }

    private void FillVolumes(ContainerSpec spec)
    {
        if (!CopyUp.IsNeeded(spec.Mounts))
        {
            return;
        }

        string root = _resources.CreateBundle(spec.Id).RootFsPath;
        try
        {
            _resources.MountRoot(spec.Id);
            try
            {
                CopyUp.Run(root, spec.Mounts);
            }
            finally
            {
                _resources.UnmountRoot(spec.Id);
            }
        }
        finally
        {
            _resources.TryDeleteBundle(spec.Id);
        }
    }

    private static IReadOnlyList<string> PlatformWarnings(ResolvedImage? image, string? platform) =>
        image is null || !string.IsNullOrEmpty(platform) || Platform.Host.Accepts(image.Config.Platform)
            ? []
            : [ContainerErrors.PlatformMismatch(image.Config.Platform.ToString(), Platform.Host.ToString())];
}
