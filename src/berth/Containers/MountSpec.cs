using System.Globalization;
using Berth.Api.Containers;

namespace Berth.Cli.Containers;

/// <summary><c>--mount type=…,source=…,target=…</c></summary>
/// <remarks>Source: docker/cli 28, opts/mount.go.</remarks>
internal static class MountSpec
{
    public static Mount Parse(string text)
    {
        var mount = new Mount { Type = "volume" };
        foreach (string field in Csv.Split(text))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            mount = equals < 0 ? With(mount, field, key) : With(mount, field, key, field[(equals + 1)..]);
        }

        return Checked(mount);
    }

    private static Mount With(Mount mount, string field, string key) => key switch
    {
        "readonly" or "ro" => mount with { ReadOnly = true },
        "volume-nocopy" => mount with { VolumeOptions = Volume(mount) with { NoCopy = true } },
        "bind-nonrecursive" => throw new FormatException("bind-nonrecursive is deprecated, use bind-recursive=disabled instead"),
        _ => throw new FormatException($"invalid field '{field}' must be a key=value pair"),
    };

    private static Mount With(Mount mount, string field, string key, string value)
    {
        switch (key)
        {
            case "type":
                return mount with { Type = value.ToLowerInvariant() };
            case "source" or "src":
                return mount with { Source = value == "." || value.StartsWith("./", StringComparison.Ordinal) ? Path.GetFullPath(value) : value };
            case "target" or "dst" or "destination":
                return mount with { Target = value };
            case "readonly" or "ro":
                return mount with { ReadOnly = Truth(key, value) };
            case "consistency":
                return mount with { Consistency = value.ToLowerInvariant() };
            case "bind-propagation":
                return mount with { BindOptions = Bind(mount) with { Propagation = value.ToLowerInvariant() } };
            case "bind-recursive":
                return Recursive(mount, key, value);
            case "bind-nonrecursive":
                throw new FormatException("bind-nonrecursive is deprecated, use bind-recursive=disabled instead");
            case "volume-subpath":
                return mount with { VolumeOptions = Volume(mount) with { Subpath = value } };
            case "volume-nocopy":
                return mount with { VolumeOptions = Volume(mount) with { NoCopy = Truth(key, value) } };
            case "volume-label":
                return mount with { VolumeOptions = Volume(mount) with { Labels = Added(Volume(mount).Labels, value) } };
            case "volume-driver":
                return mount with { VolumeOptions = Volume(mount) with { DriverConfig = Driver(mount) with { Name = value } } };
            case "volume-opt":
                return mount with { VolumeOptions = Volume(mount) with { DriverConfig = Driver(mount) with { Options = Added(Driver(mount).Options, value) } } };
            case "image-subpath":
                return mount with { ImageOptions = new MountImageOptions { Subpath = value } };
            case "tmpfs-size":
                return mount with { TmpfsOptions = Tmpfs(mount) with { SizeBytes = Size(key, value) } };
            case "tmpfs-mode":
                return mount with { TmpfsOptions = Tmpfs(mount) with { Mode = Permissions(key, value) } };
            default:
                throw new FormatException($"unexpected key '{key}' in '{field}'");
        }
    }

    private static Mount Recursive(Mount mount, string key, string value) => value switch
    {
        "enabled" => mount with { BindOptions = mount.BindOptions },
        "disabled" => mount with { BindOptions = Bind(mount) with { NonRecursive = true } },
        "writable" => mount with { BindOptions = Bind(mount) with { ReadOnlyNonRecursive = true } },
        "readonly" => mount with { BindOptions = Bind(mount) with { ReadOnlyForceRecursive = true } },
        _ => throw new FormatException($"invalid value for {key}: {value} (must be \"enabled\", \"disabled\", \"writable\", or \"readonly\")"),
    };

    private static Mount Checked(Mount mount)
    {
        if (mount.Type!.Length == 0) // set from the start
        {
            throw new FormatException("type is required");
        }

        Refuse(mount.VolumeOptions is not null && mount.Type != "volume", $"cannot mix 'volume-*' options with mount type '{mount.Type}'");
        Refuse(mount.ImageOptions is not null && mount.Type != "image", $"cannot mix 'image-*' options with mount type '{mount.Type}'");
        Refuse(mount.BindOptions is not null && mount.Type != "bind", $"cannot mix 'bind-*' options with mount type '{mount.Type}'");
        Refuse(mount.TmpfsOptions is not null && mount.Type != "tmpfs", $"cannot mix 'tmpfs-*' options with mount type '{mount.Type}'");
        if (mount.BindOptions is { } bind)
        {
            Refuse(bind.ReadOnlyNonRecursive && !mount.ReadOnly, "option 'bind-recursive=writable' requires 'readonly' to be specified in conjunction");
            Refuse(bind.ReadOnlyForceRecursive && !mount.ReadOnly, "option 'bind-recursive=readonly' requires 'readonly' to be specified in conjunction");
            Refuse(bind.ReadOnlyForceRecursive && bind.Propagation != "rprivate",
                "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction");
        }

        Refuse(string.IsNullOrEmpty(mount.Target), "target is required");
        return mount;
    }

    private static void Refuse(bool isWrong, string sentence)
    {
        if (isWrong)
        {
            throw new FormatException(sentence);
        }
    }

    private static MountBindOptions Bind(Mount mount) => mount.BindOptions ?? new MountBindOptions();

    private static MountVolumeOptions Volume(Mount mount) => mount.VolumeOptions ?? new MountVolumeOptions();

    private static MountVolumeOptionsDriverConfig Driver(Mount mount) => Volume(mount).DriverConfig ?? new MountVolumeOptionsDriverConfig();

    private static MountTmpfsOptions Tmpfs(Mount mount) => mount.TmpfsOptions ?? new MountTmpfsOptions();

    private static Dictionary<string, string> Added(IReadOnlyDictionary<string, string>? map, string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return new Dictionary<string, string>(map ?? new Dictionary<string, string>())
        {
            [equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..],
        };
    }

    private static bool Truth(string key, string value)
    {
        try
        {
            return GoNumbers.ParseBool(value);
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid value for {key}: {value}");
        }
    }

    private static long Size(string key, string value)
    {
        try
        {
            return Sizes.ParseBinary(value);
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid value for {key}: {value}");
        }
    }

    private static long Permissions(string key, string value)
    {
        long mode = 0;
        foreach (char digit in value)
        {
            mode = digit is >= '0' and <= '7' && mode < uint.MaxValue ? (mode * 8) + (digit - '0') : throw new FormatException($"invalid value for {key}: {value}");
        }

        return value.Length == 0 ? throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"invalid value for {key}: ")) : mode;
    }
}
