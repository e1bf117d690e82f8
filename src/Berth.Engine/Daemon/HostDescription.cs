using System.Globalization;

namespace Berth.Engine.Daemon;

/// <summary>The machine, as far as clients are told of it. Source: proc(5), os-release(5).</summary>
internal sealed record HostDescription
{
    public required string Name { get; init; }
    public required string KernelVersion { get; init; }

    /// <summary>Such as <c>Debian GNU/Linux 12 (bookworm)</c>.</summary>
    public required string OperatingSystem { get; init; }

    public required string OperatingSystemVersion { get; init; }

    /// <summary>The kernel's word, <c>x86_64</c>, not Go's.</summary>
    public required string Machine { get; init; }

    public required int Processors { get; init; }
    public required long MemoryBytes { get; init; }

    public static HostDescription Read()
    {
        IReadOnlyDictionary<string, string> release = ReadRelease(
            (string[])["/etc/os-release", "/usr/lib/os-release"]);
        return new HostDescription
        {
            Name = FirstLine("/proc/sys/kernel/hostname"),
            KernelVersion = FirstLine("/proc/sys/kernel/osrelease"),
            OperatingSystem = release.GetValueOrDefault("PRETTY_NAME", "Linux"),
            OperatingSystemVersion = release.GetValueOrDefault("VERSION_ID", ""),
            Machine = EngineVersion.Architecture switch { "amd64" => "x86_64", "arm64" => "aarch64", var other => other },
            Processors = Environment.ProcessorCount,
            MemoryBytes = MemoryTotal(File.ReadLines("/proc/meminfo")),
        };
    }

    /// <summary><c>MemTotal:  16316412 kB</c>, in bytes.</summary>
    internal static long MemoryTotal(IEnumerable<string> lines)
    {
        string? line = lines.FirstOrDefault(line => line.StartsWith("MemTotal:", StringComparison.Ordinal));
        return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, string number, ..]
            ? long.Parse(number, CultureInfo.InvariantCulture) * 1024
            : 0;
    }

    /// <summary>Assignments with optional quotes, as a shell reads them.</summary>
    internal static IReadOnlyDictionary<string, string> ParseRelease(IEnumerable<string> lines)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in lines)
        {
            int equals = line.IndexOf('=');
            if (equals > 0 && line[0] != '#')
            {
                values[line[..equals].Trim()] = line[(equals + 1)..].Trim().Trim('"', '\'');
            }
        }

        return values;
    }

    private static IReadOnlyDictionary<string, string> ReadRelease(IEnumerable<string> paths) =>
        paths.FirstOrDefault(File.Exists) is { } path ? ParseRelease(File.ReadLines(path)) : new Dictionary<string, string>();

    private static string FirstLine(string path) => File.ReadLines(path).FirstOrDefault("").Trim();
}
