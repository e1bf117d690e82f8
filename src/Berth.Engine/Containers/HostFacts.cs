using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using Berth.Linux.Cgroups;

namespace Berth.Engine.Containers;

/// <summary>What this host's kernel offers to containers, read once when the daemon starts.</summary>
internal sealed record HostFacts
{
    /// <summary>Whether /sys/fs/cgroup is the unified hierarchy; false for v1 and for hybrid, where the controllers are on v1.</summary>
    public bool CgroupV2 { get; init; }

    /// <summary>What can be limited here; the words are those of <see cref="CgroupFeatures"/>.</summary>
    public CgroupFeatures Cgroups { get; init; } = CgroupFeatures.All;

    public int Processors { get; init; } = 1;

    /// <summary>Kernel release, as far as a seccomp profile asks for it.</summary>
    public Version Kernel { get; init; } = new(4, 8);

    /// <summary>Machine's architecture in Go's words: <c>amd64</c>, <c>arm64</c>.</summary>
    public string Architecture { get; init; } = "amd64";

    public bool AppArmor { get; init; }
    public bool Seccomp { get; init; } = true;

    /// <summary>Capabilities that the daemon has and so can give, in the kernel's order.</summary>
    public IReadOnlyList<string> Capabilities { get; init; } = Security.CapabilityNames.All;

    /// <summary>Directories that tell of each processor's throttling, and with it of neighbours' work. moby 28: oci/defaults.go, defaultLinuxMaskedPaths.</summary>
    public IReadOnlyList<string> ThermalPaths { get; init; } = [];

    /// <summary>Whether the kernel has <c>net.ipv4.ping_group_range</c> and <c>net.ipv4.ip_unprivileged_port_start</c>.</summary>
    public bool UnprivilegedNetworking { get; init; } = true;

    public static HostFacts Detect()
    {
        FrozenDictionary<string, string> status = ReadStatus();
        return new HostFacts
        {
            CgroupV2 = CgroupFeatures.IsUnified,
            Cgroups = CgroupFeatures.Detect(),
            Processors = CgroupFeatures.ParseList(status.GetValueOrDefault("Cpus_allowed_list", "0"))?.Count ?? 1,
            Kernel = ParseRelease(File.ReadAllText("/proc/sys/kernel/osrelease")),
            Architecture = GoArchitecture(RuntimeInformation.OSArchitecture),
            AppArmor = Directory.Exists("/sys/kernel/security/apparmor") && Flag("/sys/module/apparmor/parameters/enabled"),
            Seccomp = status.ContainsKey("Seccomp"),
            Capabilities = Security.CapabilityNames.Of(ulong.Parse(
                status.GetValueOrDefault("CapEff", "0"), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)),
            ThermalPaths = ThrottleDirectories(),
            UnprivilegedNetworking = File.Exists("/proc/sys/net/ipv4/ping_group_range") && File.Exists("/proc/sys/net/ipv4/ip_unprivileged_port_start"),
        };
    }

    /// <summary><c>6.1.0-18-amd64</c> is 6.1.</summary>
    internal static Version ParseRelease(string release)
    {
        string[] parts = release.Trim().Split('.', '-', '+');
        return parts.Length >= 2
            && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int major)
            && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int minor)
                ? new Version(major, minor)
                : new Version(4, 8);
    }

    private static string GoArchitecture(Architecture architecture) => architecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        System.Runtime.InteropServices.Architecture.Arm => "arm",
        System.Runtime.InteropServices.Architecture.X86 => "386",
        System.Runtime.InteropServices.Architecture.S390x => "s390x",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64le",
        System.Runtime.InteropServices.Architecture.RiscV64 => "riscv64",
        System.Runtime.InteropServices.Architecture.LoongArch64 => "loong64",
        _ => "",
    };

    private static FrozenDictionary<string, string> ReadStatus() =>
        File.ReadLines("/proc/self/status")
            .Select(line => line.Split(':', 2))
            .Where(pair => pair.Length == 2)
            .ToFrozenDictionary(pair => pair[0], pair => pair[1].Trim());

    private static bool Flag(string path) => File.Exists(path) && File.ReadAllText(path).StartsWith('Y');

    private static List<string> ThrottleDirectories()
    {
        const string processors = "/sys/devices/system/cpu";
        return !Directory.Exists(processors)
            ? []
            : [.. Directory.EnumerateDirectories(processors, "cpu*")
                .Select(directory => Path.Combine(directory, "thermal_throttle"))
                .Where(Directory.Exists)
                .Order(StringComparer.Ordinal)];
    }
}
