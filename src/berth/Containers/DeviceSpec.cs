using System.Globalization;
using System.Text.RegularExpressions;
using Berth.Api.Containers;

namespace Berth.Cli.Containers;

/// <summary><c>--device</c> and <c>--gpus</c>.</summary>
/// <remarks>Source: docker/cli 28, container/opts.go and opts/gpus.go.</remarks>
internal static partial class DeviceSpec
{
    private const string AllPermissions = "rwm";

    /// <summary>A path as Docker keeps it, or the name of a CDI device.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static string Check(string text)
    {
        if (CdiName().IsMatch(text))
        {
            return text;
        }

        string[] parts = text.Split(':');
        if (parts.Length > 3 || parts[0].Length == 0)
        {
            throw new FormatException($"bad format for path: {text}");
        }

        string target = parts.Length == 1 || (parts.Length == 2 && IsMode(parts[1])) ? parts[0] : parts[1];
        if (parts.Length == 3 && !IsMode(parts[2]))
        {
            throw new FormatException($"bad mode specified: {parts[2]}");
        }

        return target.StartsWith('/') ? text : throw new FormatException($"{target} is not an absolute path");
    }

    public static string CheckRule(string text) => Rule().IsMatch(text) ? text : throw new FormatException($"invalid device cgroup format '{text}'");

    public static (List<DeviceMapping> Devices, List<string> CdiNames) Split(IReadOnlyList<string> specs)
    {
        var devices = new List<DeviceMapping>();
        var names = new List<string>();
        foreach (string spec in specs)
        {
            if (CdiName().IsMatch(spec))
            {
                names.Add(spec);
                continue;
            }

            string[] parts = spec.Split(':');
            bool isMode = parts.Length == 2 && IsMode(parts[1]);
            devices.Add(new DeviceMapping
            {
                PathOnHost = parts[0],
                PathInContainer = parts.Length == 1 || isMode ? parts[0] : parts[1],
                CgroupPermissions = parts.Length == 3 ? parts[2] : isMode ? parts[1] : AllPermissions,
            });
        }

        return (devices, names);
    }

    private static bool IsMode(string text) => text.Length is >= 1 and <= 3
        && text.All(c => AllPermissions.Contains(c, StringComparison.Ordinal)) && text.Distinct().Count() == text.Length;

    public static DeviceRequest ParseGpus(string text)
    {
        var request = new DeviceRequest { Options = new Dictionary<string, string>(), Capabilities = [["gpu"]] };
        var seen = new HashSet<string>();
        foreach (string field in Csv.Split(text))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string key = equals < 0 ? field : field[..equals];
            string value = equals < 0 ? "" : field[(equals + 1)..];
            if (!seen.Add(key))
            {
                throw new FormatException($"gpu request key '{key}' can be specified only once");
            }

            if (equals < 0)
            {
                seen.Add("count");
                request = request with { Count = Count(key) };
                continue;
            }

            request = key switch
            {
                "driver" => request with { Driver = value },
                "count" => request with { Count = Count(value) },
                "device" => request with { DeviceIDs = value.Split(',') },
                "capabilities" => request with { Capabilities = [[.. value.Split(','), "gpu"]] },
                "options" => request with { Options = KeyValues.ToMap(Csv.Split(value)) },
                _ => throw new FormatException($"unexpected key '{key}' in '{field}'"),
            };
        }

        return !seen.Contains("count") && request.DeviceIDs is null ? request with { Count = 1 } : request;
    }

    private static long Count(string text) => text == "all" ? -1
        : long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long count) ? count
        : throw new FormatException($"invalid count ({text}): value must be either \"all\" or an integer: "
            + (text.Length > 0 && text.All(char.IsAsciiDigit) ? "value out of range" : "invalid syntax"));

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]*/[A-Za-z][A-Za-z0-9_.-]*=[A-Za-z0-9][A-Za-z0-9_.:-]*$")]
    private static partial Regex CdiName();

    [GeneratedRegex(@"^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}$")]
    private static partial Regex Rule();
}
