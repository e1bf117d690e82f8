using System.Globalization;
using Berth.Api.Containers;

namespace Berth.Cli.Containers;

/// <summary>Values of the flags that limit a container.</summary>
/// <remarks>Sources: docker/cli 28, opts/opts.go, opts/throttledevice.go, opts/weightdevice.go; docker/go-units, ulimit.go.</remarks>
internal static class Limits
{
    private static readonly string[] s_sysctls =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    private static readonly HashSet<string> s_ulimits =
    [
        "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack",
    ];

    /// <returns>Billionths of a CPU.</returns>
    public static long ParseCpus(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 2 || !TryDecimal(parts[0], out decimal value)
            || (parts.Length == 2 && !TryDecimal(parts[1], out _)))
        {
            throw new FormatException($"failed to parse {text} as a rational number");
        }

        decimal divisor = 1;
        if (parts.Length == 2 && (!TryDecimal(parts[1], out divisor) || divisor == 0))
        {
            throw new FormatException($"failed to parse {text} as a rational number");
        }

        decimal nano = value * 1_000_000_000m;
        decimal quotient = decimal.Truncate(nano / divisor);
        return quotient * divisor == nano ? (long)quotient : throw new FormatException("value is too precise");
    }

    private static bool TryDecimal(string text, out decimal value) => decimal.TryParse(text,
        NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out value);

    public static string CheckSysctl(string text)
    {
        string key = text.Split('=')[0];
        bool isKnown = text.Contains('=', StringComparison.Ordinal) && (s_sysctls.Contains(key)
            || key.StartsWith("net.", StringComparison.Ordinal) || key.StartsWith("fs.mqueue.", StringComparison.Ordinal));
        return isKnown ? text : throw new FormatException($"sysctl '{text}' is not allowed");
    }

    public static HostConfigUlimits ParseUlimit(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw new FormatException($"invalid ulimit argument: {text}");
        }

        string name = text[..equals];
        string[] limits = text[(equals + 1)..].Split(':');
        if (!s_ulimits.Contains(name))
        {
            throw new FormatException($"invalid ulimit type: {name}");
        }

        if (limits.Length > 2)
        {
            throw new FormatException($"too many limit value arguments - {text[(equals + 1)..]}, can only have up to two, `soft[:hard]`");
        }

        long soft = GoNumbers.ParseInteger(limits[0]);
        long hard = limits.Length == 2 ? GoNumbers.ParseInteger(limits[1]) : soft;
        // -1 is "unlimited"
        return hard != -1 && (soft == -1 || soft > hard)
            ? throw new FormatException(soft == -1
                ? string.Create(CultureInfo.InvariantCulture, $"ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: {hard}")
                : string.Create(CultureInfo.InvariantCulture, $"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}"))
            : new HostConfigUlimits { Name = name, Soft = soft, Hard = hard };
    }

    /// <summary>The last of each name counts; sorted by name.</summary>
    public static IReadOnlyList<HostConfigUlimits> ByName(IReadOnlyList<HostConfigUlimits> ulimits) =>
        ulimits.GroupBy(limit => limit.Name).Select(group => group.Last()).OrderBy(limit => limit.Name, StringComparer.Ordinal).ToList();

    public static HostConfigBlkioWeightDevice ParseWeight(string text)
    {
        (string path, string weight) = Device(text);
        return ulong.TryParse(weight, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) && value is 0 or (>= 10 and <= 1000)
            ? new HostConfigBlkioWeightDevice { Path = path, Weight = (long)value }
            : throw new FormatException($"invalid weight for device: {text}");
    }

    public static ThrottleDevice ParseBytesRate(string text)
    {
        (string path, string rate) = Device(text);
        try
        {
            return new ThrottleDevice { Path = path, Rate = Sizes.ParseBinary(rate) };
        }
        catch (FormatException)
        {
            throw new FormatException($"invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. "
                + "Number must be a positive integer. Unit is optional and can be kb, mb, or gb");
        }
    }

    public static ThrottleDevice ParseOperationsRate(string text)
    {
        (string path, string rate) = Device(text);
        return long.TryParse(rate, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? new ThrottleDevice { Path = path, Rate = value }
            : throw new FormatException($"invalid rate for device: {text}. The correct format is <device-path>:<number>. Number must be a positive integer");
    }

    private static (string Path, string Value) Device(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon <= 0)
        {
            throw new FormatException($"bad format: {text}");
        }

        return text.StartsWith("/dev/", StringComparison.Ordinal)
            ? (text[..colon], text[(colon + 1)..])
            : throw new FormatException($"bad format for device path: {text}");
    }
}
