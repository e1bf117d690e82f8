using System.Collections.Frozen;
using Berth.Api.Containers;
using Berth.Linux.Files;

namespace Berth.Engine.Containers;

/// <summary>Understands one mount of a request, in any of its forms. moby 28: volume/mounts/linux_parser.go.</summary>
internal static class MountParser
{
    private const string DefaultPropagation = "rprivate";

    private static readonly FrozenSet<string> Propagations =
        FrozenSet.Create(StringComparer.Ordinal, "private", "rprivate", "slave", "rslave", "shared", "rshared");

    /// <summary>Words of a mode by what they are about; each subject may be named once.</summary>
    private static readonly FrozenDictionary<string, string> Modes = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["rw"] = "access", ["ro"] = "access", ["z"] = "label", ["Z"] = "label", ["nocopy"] = "copy", ["consistent"] = "consistency",
        ["cached"] = "consistency", ["delegated"] = "consistency", ["private"] = "propagation", ["rprivate"] = "propagation", ["slave"] = "propagation",
        ["rslave"] = "propagation", ["shared"] = "propagation", ["rshared"] = "propagation",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary><c>source:destination[:mode]</c> of <c>Binds</c>: a path is a bind, a name a volume.</summary>
    public static ContainerMount ParseBind(string text)
    {
        string[] parts = text.Split(':', 4);
        // a destination alone is an anonymous volume, "x:ro" nothing at all
        if (parts[0].Length == 0 || parts.Length > 3 || (parts.Length == 2 && IsMode(parts[1])))
        {
            throw MountErrors.InvalidSpecification(text);
        }

        string source = parts.Length == 1 ? "" : parts[0];
        string destination = parts.Length == 1 ? parts[0] : parts[1];
        string mode = parts.Length == 3 ? parts[2] : "";
        if (!IsMode(mode))
        {
            throw MountErrors.InvalidMode(mode);
        }

        string[] words = mode.Split(',');
        bool isBind = source.StartsWith('/');
        string? propagation = words.FirstOrDefault(Propagations.Contains);
        string? reason = destination.Length == 0
            ? $"invalid mount config for type \"{(isBind ? "bind" : "volume")}\": field Target must not be empty"
            : MountErrors.WhyNotDestination(destination) is { } why ? $"invalid mount config for type \"{(isBind ? "bind" : "volume")}\": {why}"
            : isBind && words.Contains("nocopy") ? "invalid mount config for type \"bind\": field VolumeOptions must not be specified"
            : !isBind && propagation is not null ? "invalid mount config for type \"volume\": field BindOptions must not be specified"
            : null;
        if (reason is not null)
        {
            throw MountErrors.InvalidSpecification(text, reason);
        }

        var mount = new ContainerMount
        {
            Type = isBind ? "bind" : "volume",
            Source = isBind ? ContainerPath.Clean(source) : "",
            Destination = ContainerPath.Clean(destination),
            ReadWrite = !words.Contains("ro"),
            Mode = mode,
        };
        return isBind
            ? mount with { Propagation = propagation ?? DefaultPropagation, CreateSource = true }
            : mount with { VolumeName = source.Length == 0 ? null : source, CopyUp = !words.Contains("nocopy") };
    }

    /// <summary>An entry of <c>Mounts</c>.</summary>
    public static ContainerMount Parse(Mount mount)
    {
        if (string.IsNullOrEmpty(mount.Target))
        {
            throw MountErrors.MissingField(mount, "Target");
        }

        if (MountErrors.WhyNotDestination(mount.Target) is { } reason)
        {
            throw MountErrors.InvalidMount(mount.Type ?? "", reason);
        }

        ContainerMount parsed = mount.Type switch
        {
            "bind" => ParseBindMount(mount),
            "volume" => ParseVolumeMount(mount),
            "tmpfs" => ParseTmpfsMount(mount),
            _ => throw MountErrors.InvalidMount(mount.Type ?? "", "mount type unknown"),
        };
        return parsed with { FromMounts = true };
    }

    /// <summary><c>container[:mode]</c> of <c>VolumesFrom</c>.</summary>
    public static (string Container, bool ReadWrite) ParseVolumesFrom(string text)
    {
        if (text.Length == 0)
        {
            throw HostConfigErrors.Invalid("volumes-from specification cannot be an empty string");
        }

        string[] parts = text.Split(':', 2);
        string mode = parts.Length == 2 ? parts[1] : "";
        string[] words = mode.Split(',');
        // propagation and copying are the other container's affair
        if (!IsMode(mode) || words.Any(Propagations.Contains) || words.Contains("nocopy"))
        {
            throw MountErrors.InvalidMode(mode);
        }

        return (parts[0], !words.Contains("ro"));
    }

    public static bool NamesPropagation(string mode) => mode.Split(',').Any(Propagations.Contains);

    private static ContainerMount ParseBindMount(Mount mount)
    {
        if (string.IsNullOrEmpty(mount.Source))
        {
            throw MountErrors.MissingField(mount, "Source");
        }

        MountBindOptions options = mount.BindOptions ?? new MountBindOptions();
        if (options.Propagation is not null && !Propagations.Contains(options.Propagation))
        {
            throw MountErrors.InvalidMount("bind", $"invalid propagation mode: {options.Propagation}");
        }

        if (mount.VolumeOptions is not null)
        {
            throw MountErrors.ExtraField(mount, "VolumeOptions");
        }

        if (!mount.Source.StartsWith('/'))
        {
            throw MountErrors.InvalidMount("bind", $"invalid mount path: '{mount.Source}' mount path must be absolute");
        }

        CheckReadOnlyOptions(mount, options);
        string source = ContainerPath.Clean(mount.Source);
        if (!options.CreateMountpoint && FileCalls.StatusOf(source) is null)
        {
            throw MountErrors.SourceMissing(mount.Source);
        }

        return new ContainerMount
        {
            Type = "bind",
            Source = source,
            Destination = ContainerPath.Clean(mount.Target!),
            ReadWrite = !mount.ReadOnly,
            Propagation = options.Propagation ?? DefaultPropagation,
            NonRecursive = options.NonRecursive,
            ReadOnlyTopOnly = options.ReadOnlyNonRecursive,
            CreateSource = options.CreateMountpoint,
        };
    }

    private static void CheckReadOnlyOptions(Mount mount, MountBindOptions options)
    {
        if (options.ReadOnlyForceRecursive && (!mount.ReadOnly || options.ReadOnlyNonRecursive || options.NonRecursive || options.Propagation is not (null or "rprivate")))
        {
            throw MountErrors.InvalidMount("bind", "ReadOnlyForceRecursive requires ReadOnly, Propagation \"rprivate\" and no NonRecursive");
        }
    }

    private static ContainerMount ParseVolumeMount(Mount mount)
    {
        if (mount.BindOptions is not null)
        {
            throw MountErrors.ExtraField(mount, "BindOptions");
        }

        bool isAnonymous = string.IsNullOrEmpty(mount.Source);
        string subpath = mount.VolumeOptions?.Subpath ?? "";
        if (subpath.Length > 0)
        {
            if (isAnonymous)
            {
                throw MountErrors.InvalidMount("volume", "must not set Subpath when using anonymous volumes");
            }

            if (!ContainerPath.IsLocal(subpath))
            {
                throw MountErrors.InvalidMount("volume", "subpath must be a relative path within the volume");
            }
        }

        if (mount.ReadOnly && isAnonymous)
        {
            throw MountErrors.InvalidMount("volume", "must not set ReadOnly mode when using anonymous volumes");
        }

        return new ContainerMount
        {
            Type = "volume",
            Destination = ContainerPath.Clean(mount.Target!),
            VolumeName = isAnonymous ? null : mount.Source,
            Driver = mount.VolumeOptions?.DriverConfig?.Name,
            ReadWrite = !mount.ReadOnly,
            CopyUp = mount.VolumeOptions?.NoCopy is not true,
            Subpath = subpath.Length == 0 ? null : ContainerPath.Clean(subpath),
        };
    }

    private static ContainerMount ParseTmpfsMount(Mount mount)
    {
        if (mount.BindOptions is not null)
        {
            throw MountErrors.ExtraField(mount, "BindOptions");
        }

        if (!string.IsNullOrEmpty(mount.Source))
        {
            throw MountErrors.ExtraField(mount, "Source");
        }

        return new ContainerMount
        {
            Type = "tmpfs",
            Destination = ContainerPath.Clean(mount.Target!),
            ReadWrite = !mount.ReadOnly,
            TmpfsOptions = TmpfsOptions.Merge(TmpfsOptions.Convert(mount)),
        };
    }

    private static bool IsMode(string mode) =>
        mode.Length == 0
        || (mode.Split(',') is var words && words.All(Modes.ContainsKey) && words.Select(word => Modes[word]).Distinct().Count() == words.Length);
}
