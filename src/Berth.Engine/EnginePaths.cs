using System.Globalization;

namespace Berth.Engine;

/// <summary>Everything the daemon has on disk. This is the drawing; nobody else joins paths.</summary>
/// <remarks>
/// <code>
/// &lt;data root&gt;/                     survives a reboot
///   state.db                        SQLite: containers, image names, layers, networks, volumes
///   state.reserve                   space that is held back for a full disk
///   berthd.lock                     held by the daemon that lives here
///   engine-id                       who the daemon says it is
///   content/                        OCI layout: blobs/sha256/&lt;hex&gt;, ingest/ for what is on its way
///   snapshots/                      unpacked layers and containers' writable ones, owned by the snapshotter
///   containers/&lt;id&gt;/               0710
///     hostname hosts resolv.conf    mounted into the container
///     &lt;id&gt;-json.log                 its output
///     shm/                          its /dev/shm, where others may share it
///     subpaths/&lt;n&gt;                  parts of volumes, mounted while it runs
///   volumes/&lt;name&gt;/_data           0701
/// &lt;exec root&gt;/                     gone after a reboot
///   containers/&lt;id&gt;/               the bundle, see Berth.Runtime.Bundle
///   netns/&lt;id&gt;                     pinned network namespaces
///   runtime/                        the OCI runtime's own state (--root)
/// </code>
/// </remarks>
internal sealed class EnginePaths(EngineOptions options)
{
    public string DataRoot { get; } = options.DataRoot;
    public string ExecRoot { get; } = options.ExecRoot;
    public string StateDatabase => Path.Combine(DataRoot, "state.db");
    public string StateReserve => Path.Combine(DataRoot, "state.reserve");
    public string LockFile => Path.Combine(DataRoot, "berthd.lock");
    public string EngineId => Path.Combine(DataRoot, "engine-id");
    public string Content => Path.Combine(DataRoot, "content");
    public string Snapshots => Path.Combine(DataRoot, "snapshots");
    public string Containers => Path.Combine(DataRoot, "containers");
    public string Volumes => Path.Combine(DataRoot, "volumes");
    public string Bundles => Path.Combine(ExecRoot, "containers");
    public string NetworkNamespaces => Path.Combine(ExecRoot, "netns");
    public string RuntimeState => Path.Combine(ExecRoot, "runtime");

    public string Container(string id) => Path.Combine(Containers, id);
    public string HostsFile(string id) => Path.Combine(Container(id), "hosts");
    public string HostnameFile(string id) => Path.Combine(Container(id), "hostname");
    public string ResolvConfFile(string id) => Path.Combine(Container(id), "resolv.conf");
    public string Shm(string id) => Path.Combine(Container(id), "shm");
    public string Subpath(string id, int index) => Path.Combine(Container(id), "subpaths", index.ToString(CultureInfo.InvariantCulture));
    public string LogFile(string id) => Path.Combine(Container(id), $"{id}-json.log");
    public string Bundle(string id) => Path.Combine(Bundles, id);
    public string NetworkNamespace(string id) => Path.Combine(NetworkNamespaces, id);
    public string Volume(string name) => Path.Combine(Volumes, name);
    public string VolumeData(string name) => Path.Combine(Volumes, name, "_data");

    /// <summary>Makes the directories, each no wider than it must be (CVE-2021-41091, CVE-2024-25621).</summary>
    public void Create()
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Directory.CreateDirectory(DataRoot, owner | UnixFileMode.GroupExecute);
        Directory.CreateDirectory(ExecRoot, owner);
        foreach (string directory in (string[])[Content, Snapshots, Containers])
        {
            Directory.CreateDirectory(directory, owner | UnixFileMode.GroupExecute);
        }

        Directory.CreateDirectory(Volumes, owner | UnixFileMode.OtherExecute);
        foreach (string directory in (string[])[Bundles, NetworkNamespaces, RuntimeState])
        {
            Directory.CreateDirectory(directory, owner);
        }
    }
}
