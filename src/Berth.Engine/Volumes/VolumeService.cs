using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using Berth.Api.Volumes;
using Berth.Engine.Events;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Volumes;

/// <summary>Named and anonymous volumes of the local driver.</summary>
/// <remarks>
/// What is in the database exists; the directory follows. Removing renames the directory out of the way first, so that neither a crash in between nor a
/// full disk leaves half a volume under its name.
/// </remarks>
public sealed partial class VolumeService
{
    internal const string LocalDriver = "local";

    /// <summary>Docker's mark of a volume that nobody named; prune takes these first.</summary>
    internal const string AnonymousLabel = "com.docker.volume.anonymous";

    /// <summary>Prefix of directories on their way out; no volume's name begins with a dot.</summary>
    private const string RemovedPrefix = ".removed-";

    private readonly ConcurrentDictionary<string, Volume> _volumes = new(StringComparer.Ordinal);
    private readonly KeyedLock _locks = new();
    private readonly EnginePaths _paths;
    private readonly StateStore _store;
    private readonly EventBus _events;
    private readonly TimeProvider _time;
    private readonly ILogger<VolumeService> _logger;

    internal VolumeService(EnginePaths paths, StateStore store, EventBus events, TimeProvider time, ILogger<VolumeService> logger)
    {
        _paths = paths;
        _store = store;
        _events = events;
        _time = time;
        _logger = logger;
    }

    /// <summary>Ids of the containers, running or not, that have the volume of this name. Set once, when the container table is made.</summary>
    internal Func<string, IReadOnlyList<string>> UsersOf { get; set; } = _ => [];

    /// <summary>Loads what is stored and makes the disk agree. Runs before containers are restored; <see cref="Sweep"/> after.</summary>
    internal void Restore()
    {
        foreach ((string name, byte[] document) in _store.Load(StateTable.Volumes))
        {
            _volumes[name] = new Volume(name, JsonSerializer.Deserialize(document, VolumeJson.Default.VolumeDocument)!);
            Directory.CreateDirectory(_paths.VolumeData(name));
        }

        foreach (string directory in Directory.EnumerateDirectories(_paths.Volumes))
        {
            string name = Path.GetFileName(directory);
            if (name.StartsWith(RemovedPrefix, StringComparison.Ordinal))
            {
                RemoveDirectory(directory);
            }
            else if (!_volumes.ContainsKey(name) && NamePattern.IsMatch(name) && Directory.Exists(_paths.VolumeData(name)))
            {
                // a user's data outlives a lost database: dockerd's local driver takes up what it finds, too
                var found = new Volume(name, new VolumeDocument { CreatedAt = Directory.GetCreationTimeUtc(directory) });
                Save(found, Durability.PowerLoss);
                _volumes[name] = found;
                _logger.VolumeAdopted(name);
            }
        }
    }

    /// <summary>After containers are restored: removes what a crash left of a container's creation, and unmounts what no running container has.</summary>
    internal void Sweep()
    {
        foreach (Volume volume in _volumes.Values)
        {
            if (volume.Document.Pending && UsersOf(volume.Name).Count == 0)
            {
                Delete(volume);
            }
            else if (VolumeOptions.NeedMount(volume.Document.Options) && volume.MountedBy.Count == 0)
            {
                UnmountAll(volume);
            }
        }
    }

    /// <summary>Makes a volume, or returns the one of that name.</summary>
    /// <exception cref="EngineException">InvalidParameter for names and options, NotFound for a driver.</exception>
    public async Task<Api.Volumes.Volume> CreateAsync(VolumeCreateRequest request, CancellationToken ct)
    {
        Volume volume = await DeclareAsync(request, pending: false, ct).ConfigureAwait(false);
        return Describe(volume);
    }

    /// <summary>As <see cref="CreateAsync"/>, for a container that is being created.</summary>
    /// <returns>The volume's name.</returns>
    internal async Task<string> DeclareAsync(VolumeCreateRequest request, CancellationToken ct) =>
        (await DeclareAsync(request, pending: request.Name.Length == 0, ct).ConfigureAwait(false)).Name;

    private async Task<Volume> DeclareAsync(VolumeCreateRequest request, bool pending, CancellationToken ct)
    {
        string name = request.Name;
        var labels = request.Labels;
        if (name.Length == 0)
        {
            name = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            labels = new Dictionary<string, string>(labels ?? new Dictionary<string, string>()) { [AnonymousLabel] = "" };
        }

        if (request.Driver is not ("" or LocalDriver))
        {
            throw VolumeErrors.NoSuchDriver(name, request.Driver);
        }

        CheckName(name);
        using KeyedLock.Holder holder = await _locks.AcquireAsync(name, ct).ConfigureAwait(false);
        if (_volumes.TryGetValue(name, out Volume? existing))
        {
            return existing;
        }

        VolumeOptions.Check(name, request.DriverOpts ?? new Dictionary<string, string>());
        var volume = new Volume(name, new VolumeDocument
        {
            CreatedAt = _time.GetUtcNow(),
            Labels = labels,
            Options = request.DriverOpts is { Count: > 0 } ? request.DriverOpts : null,
            Pending = pending,
        });
        // an anonymous volume stands or falls with the container that follows it into the database, and holds nothing yet
        Save(volume, pending ? Durability.ProcessCrash : Durability.PowerLoss);
        MakeDirectoryOrForget(volume);
        _volumes[name] = volume;
        _logger.VolumeCreated(name);
        _events.Publish("volume", "create", name, new Dictionary<string, string> { ["driver"] = LocalDriver });
        return volume;
    }

    internal string DataPath(string name) => _paths.VolumeData(name);

    private static void CheckName(string name)
    {
        if (name.Length == 1)
        {
            throw VolumeErrors.NameTooShort(name);
        }

        if (!NamePattern.IsMatch(name))
        {
            throw VolumeErrors.InvalidName(name);
        }
    }

    private void MakeDirectory(string name)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        const UnixFileMode passage = UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        Directory.CreateDirectory(_paths.Volume(name), owner | UnixFileMode.OtherExecute);
        Directory.CreateDirectory(_paths.VolumeData(name), owner | passage | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
    }

    private void MakeDirectoryOrForget(Volume volume)
    {
        try
        {
            MakeDirectory(volume.Name);
        }
        catch (IOException e)
        {
            if (Directory.Exists(_paths.Volume(volume.Name)))
            {
                RemoveDirectory(_paths.Volume(volume.Name));
            }

            _store.Write(Durability.ProcessCrash, new StateChange(StateTable.Volumes, volume.Name, null));
            throw VolumeErrors.NotMade(volume.Name, _paths.VolumeData(volume.Name), e);
        }
    }

    private void Save(Volume volume, Durability durability) => _store.Write(durability,
        new StateChange(StateTable.Volumes, volume.Name, JsonSerializer.SerializeToUtf8Bytes(volume.Document, VolumeJson.Default.VolumeDocument)));

    private Api.Volumes.Volume Describe(Volume volume) => new()
    {
        Name = volume.Name,
        Driver = LocalDriver,
        Mountpoint = _paths.VolumeData(volume.Name),
        CreatedAt = volume.Document.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        Labels = volume.Document.Labels,
        Options = volume.Document.Options,
        Scope = "local",
    };

    [GeneratedRegex(@"^[a-zA-Z0-9][a-zA-Z0-9_.-]+\z")]
    private static partial Regex NamePattern { get; }

    /// <summary>A volume while the daemon runs. Its lock is the one of its name.</summary>
    private sealed class Volume(string name, VolumeDocument document)
    {
        public string Name { get; } = name;
        public VolumeDocument Document { get; set; } = document;

        /// <summary>Running containers that have it mounted.</summary>
        public HashSet<string> MountedBy { get; } = new(StringComparer.Ordinal);
    }
}
