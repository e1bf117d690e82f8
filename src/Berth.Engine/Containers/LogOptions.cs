using System.Collections.Frozen;
using System.Globalization;
using Berth.Api.Containers;
using Berth.Runtime;

namespace Berth.Engine.Containers;

/// <summary><c>HostConfig.LogConfig</c>: which log a container has and how much of it is kept.</summary>
/// <remarks>
/// <c>json-file</c>, <c>local</c> and <c>none</c>. What the drivers differ in is Docker's on disk; here <c>local</c> is a rotating log whose
/// file is nobody's business. moby 28: daemon/logger/factory.go, jsonfilelog.go, local.go.
/// </remarks>
internal static class LogOptions
{
    private const string JsonFile = "json-file";
    private const string Local = "local";
    public const string None = "none";

    private static readonly FrozenSet<string> JsonFileOptions = FrozenSet.Create(StringComparer.Ordinal,
        "max-file", "max-size", "compress", "labels", "labels-regex", "env", "env-regex", "tag", "mode", "max-buffer-size");

    private static readonly FrozenSet<string> LocalOptions = FrozenSet.Create(StringComparer.Ordinal,
        "max-file", "max-size", "compress", "mode", "max-buffer-size");

    /// <summary>The request's choice, the daemon's where it has none; its options completed by the daemon's.</summary>
    /// <exception cref="EngineException">InvalidParameter.</exception>
    public static HostConfigLogConfig Validate(HostConfigLogConfig? given, EngineOptions options)
    {
        string driver = given is { Type.Length: > 0 } ? given.Type : options.LogDriver;
        var merged = new Dictionary<string, string>(given?.Config ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        if (driver == options.LogDriver)
        {
            foreach ((string name, string value) in options.LogOptions)
            {
                merged.TryAdd(name, value);
            }
        }

        if (driver is not None)
        {
            Check(driver, merged);
        }

        return new HostConfigLogConfig { Type = driver, Config = merged };
    }

    /// <summary>What the shim is to write where.</summary>
    public static LogTarget TargetOf(ContainerSpec spec, EnginePaths paths)
    {
        HostConfigLogConfig config = spec.HostConfig.LogConfig ?? new HostConfigLogConfig { Type = JsonFile };
        if (config.Type is None)
        {
            return new LogTarget { Path = null };
        }

        bool isLocal = config.Type is Local;
        return new LogTarget
        {
            Path = paths.LogFile(spec.Id),
            MaxSizeBytes = config.Config?.TryGetValue("max-size", out string? size) is true && ByteSize.TryParse(size, out long bytes) ? bytes : isLocal ? 20 << 20 : -1,
            MaxFiles = config.Config?.TryGetValue("max-file", out string? files) is true && int.TryParse(files, NumberStyles.None, CultureInfo.InvariantCulture, out int count)
                ? count
                : isLocal ? 5 : 1,
            AttributesJson = LogAttributes.ToJson(spec),
        };
    }

    private static void Check(string driver, Dictionary<string, string> config)
    {
        string mode = config.GetValueOrDefault("mode", "");
        if (mode is not ("" or "blocking" or "non-blocking"))
        {
            throw HostConfigErrors.Invalid($"logger: logging mode not supported: {mode}");
        }

        if (config.TryGetValue("max-buffer-size", out string? buffer))
        {
            if (mode is not "non-blocking")
            {
                throw HostConfigErrors.Invalid("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
            }

            if (!ByteSize.TryParse(buffer, out _))
            {
                throw HostConfigErrors.Invalid($"error parsing option max-buffer-size: invalid size: '{buffer}'");
            }
        }

        FrozenSet<string> known = driver switch
        {
            JsonFile => JsonFileOptions,
            Local => LocalOptions,
            _ => throw HostConfigErrors.UnknownLogDriver(driver),
        };
        foreach (string name in config.Keys)
        {
            if (!known.Contains(name))
            {
                throw HostConfigErrors.UnknownLogOption(name, driver);
            }
        }

        CheckRotation(driver, config);
    }

    private static void CheckRotation(string driver, Dictionary<string, string> config)
    {
        long maximum = driver is Local ? 20 << 20 : -1;
        if (config.TryGetValue("max-size", out string? size) && !ByteSize.TryParse(size, out maximum))
        {
            throw HostConfigErrors.Invalid($"invalid size: '{size}'");
        }

        int files = driver is Local ? 5 : 1;
        if (config.TryGetValue("max-file", out string? count))
        {
            if (!int.TryParse(count, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out files))
            {
                throw HostConfigErrors.Invalid($"strconv.Atoi: parsing \"{count}\": invalid syntax");
            }

            if (files < 1)
            {
                throw HostConfigErrors.Invalid("max-file cannot be less than 1");
            }
        }

        if (config.TryGetValue("compress", out string? compress) && !bool.TryParse(compress, out _))
        {
            throw HostConfigErrors.Invalid($"strconv.ParseBool: parsing \"{compress}\": invalid syntax");
        }

        if (driver is JsonFile && compress is "true" && (files < 2 || maximum < 0))
        {
            throw HostConfigErrors.Invalid("compress cannot be true when max-file is less than 2 or max-size is not set");
        }
    }
}
