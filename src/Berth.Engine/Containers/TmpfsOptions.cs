using System.Collections.Frozen;
using System.Globalization;
using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>Options of a container's tmpfs, in the words of mount(8).</summary>
internal static class TmpfsOptions
{
    private static readonly string[] Defaults = ["noexec", "nosuid", "nodev", "rprivate"];

    private static readonly FrozenSet<string> Values = FrozenSet.Create(StringComparer.Ordinal, "mode", "size", "uid", "gid", "nr_inodes", "nr_blocks", "mpol");

    /// <summary>What a flag is about: of two with the same subject the later one counts. moby/sys: mount/flags_unix.go.</summary>
    private static readonly FrozenDictionary<string, string> Flags = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["ro"] = "ro", ["rw"] = "ro", ["suid"] = "suid", ["nosuid"] = "suid", ["dev"] = "dev", ["nodev"] = "dev", ["exec"] = "exec",
        ["noexec"] = "exec", ["sync"] = "sync", ["async"] = "sync", ["dirsync"] = "dirsync", ["remount"] = "remount", ["mand"] = "mand",
        ["nomand"] = "mand", ["atime"] = "atime", ["noatime"] = "atime", ["diratime"] = "diratime", ["nodiratime"] = "diratime", ["bind"] = "bind",
        ["rbind"] = "bind", ["unbindable"] = "propagation", ["runbindable"] = "propagation", ["private"] = "propagation", ["rprivate"] = "propagation",
        ["shared"] = "propagation", ["rshared"] = "propagation", ["slave"] = "propagation", ["rslave"] = "propagation", ["relatime"] = "relatime",
        ["norelatime"] = "relatime", ["strictatime"] = "strictatime", ["nostrictatime"] = "strictatime",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>The defaults with what <c>--tmpfs</c> says, such as <c>rw,exec,size=64m</c>.</summary>
    /// <exception cref="EngineException">InvalidParameter.</exception>
    public static IReadOnlyList<string> Merge(string text)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var merged = new List<string>();
        foreach (string option in Defaults.Concat(text.Split(',', StringSplitOptions.RemoveEmptyEntries)).Reverse())
        {
            if (option is "defaults")
            {
                continue;
            }

            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string? subject = Flags.GetValueOrDefault(option) ?? (equals > 0 && Values.Contains(option[..equals]) ? option[..equals] : null);
            if (subject is null)
            {
                throw HostConfigErrors.Invalid($"invalid tmpfs option [{string.Join(' ', option.Split('=', 2).Select(part => $"\"{part}\""))}]");
            }

            if (seen.Add(subject))
            {
                merged.Insert(0, option);
            }
        }

        return merged;
    }

    /// <summary>The same from a <c>Mounts</c> entry. moby 28: volume/mounts/linux_parser.go, ConvertTmpfsOptions.</summary>
    public static string Convert(Mount mount)
    {
        var options = new List<string>();
        if (mount.ReadOnly)
        {
            options.Add("ro");
        }

        if (mount.TmpfsOptions is { Mode: not 0 } withMode)
        {
            options.Add("mode=" + System.Convert.ToString(withMode.Mode, 8));
        }

        if (mount.TmpfsOptions is { SizeBytes: not 0 } withSize)
        {
            options.Add(string.Create(CultureInfo.InvariantCulture, $"size={withSize.SizeBytes}"));
        }

        foreach (IReadOnlyList<string> option in mount.TmpfsOptions?.Options ?? [])
        {
            if (option.Count is < 1 or > 2)
            {
                throw MountErrors.InvalidMount("tmpfs", "invalid option array length");
            }

            if (option[0] is not ("exec" or "noexec"))
            {
                throw MountErrors.InvalidMount("tmpfs", "invalid option: " + option[0]);
            }

            options.Add(string.Join('=', option));
        }

        return string.Join(',', options);
    }
}
