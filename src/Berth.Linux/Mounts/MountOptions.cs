using System.Collections.Frozen;

namespace Berth.Linux.Mounts;

/// <summary>The words of mount(8), sorted into what the kernel takes apart: flags, propagation, and the file system's own data.</summary>
public sealed record MountOptions
{
    private const MountFlags PropagationMask = MountFlags.Shared | MountFlags.Slave | MountFlags.Private | MountFlags.Unbindable;

    private static readonly FrozenDictionary<string, (MountFlags Set, MountFlags Clear)> Words = new Dictionary<string, (MountFlags, MountFlags)>
    {
        ["defaults"] = (0, 0),
        ["ro"] = (MountFlags.ReadOnly, 0),
        ["rw"] = (0, MountFlags.ReadOnly),
        ["nosuid"] = (MountFlags.NoSuid, 0),
        ["suid"] = (0, MountFlags.NoSuid),
        ["nodev"] = (MountFlags.NoDevices, 0),
        ["dev"] = (0, MountFlags.NoDevices),
        ["noexec"] = (MountFlags.NoExecute, 0),
        ["exec"] = (0, MountFlags.NoExecute),
        ["sync"] = (MountFlags.Synchronous, 0),
        ["async"] = (0, MountFlags.Synchronous),
        ["dirsync"] = (MountFlags.DirectorySynchronous, 0),
        ["remount"] = (MountFlags.Remount, 0),
        ["nosymfollow"] = (MountFlags.NoSymlinkFollow, 0),
        ["symfollow"] = (0, MountFlags.NoSymlinkFollow),
        ["noatime"] = (MountFlags.NoAccessTime, 0),
        ["atime"] = (0, MountFlags.NoAccessTime),
        ["nodiratime"] = (MountFlags.NoDirectoryAccessTime, 0),
        ["diratime"] = (0, MountFlags.NoDirectoryAccessTime),
        ["relatime"] = (MountFlags.RelativeAccessTime, 0),
        ["norelatime"] = (0, MountFlags.RelativeAccessTime),
        ["strictatime"] = (MountFlags.StrictAccessTime, 0),
        ["nostrictatime"] = (0, MountFlags.StrictAccessTime),
        ["lazytime"] = (MountFlags.LazyTime, 0),
        ["bind"] = (MountFlags.Bind, 0),
        ["rbind"] = (MountFlags.Bind | MountFlags.Recursive, 0),
        ["silent"] = (MountFlags.Silent, 0),
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenDictionary<string, MountFlags> PropagationWords = new Dictionary<string, MountFlags>
    {
        ["shared"] = MountFlags.Shared,
        ["rshared"] = MountFlags.Shared | MountFlags.Recursive,
        ["slave"] = MountFlags.Slave,
        ["rslave"] = MountFlags.Slave | MountFlags.Recursive,
        ["private"] = MountFlags.Private,
        ["rprivate"] = MountFlags.Private | MountFlags.Recursive,
        ["unbindable"] = MountFlags.Unbindable,
        ["runbindable"] = MountFlags.Unbindable | MountFlags.Recursive,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    public MountFlags Flags { get; init; }

    /// <summary>None, or one of shared, slave, private and unbindable, with Recursive where the word began with an r.</summary>
    public MountFlags Propagation { get; init; }

    /// <summary>What only the file system knows, in order: <c>size=64m</c>, <c>lowerdir=…</c>.</summary>
    public IReadOnlyList<string> Data { get; init; } = [];

    public bool IsBind => Flags.HasFlag(MountFlags.Bind);

    public static MountOptions Parse(IEnumerable<string> options)
    {
        MountFlags flags = 0;
        MountFlags propagation = 0;
        var data = new List<string>();
        foreach (string option in options)
        {
            if (Words.TryGetValue(option, out (MountFlags Set, MountFlags Clear) word))
            {
                flags = (flags & ~word.Clear) | word.Set;
            }
            else if (PropagationWords.TryGetValue(option, out MountFlags kind))
            {
                propagation = (propagation & ~PropagationMask) | kind;
            }
            else if (option.Length > 0)
            {
                data.Add(option);
            }
        }

        return new MountOptions { Flags = flags, Propagation = propagation, Data = data };
    }
}
