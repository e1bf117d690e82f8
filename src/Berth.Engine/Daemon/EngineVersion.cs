using System.Globalization;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Berth.Engine.Daemon;

/// <summary>Which Berth this is.</summary>
public static class EngineVersion
{
    private static readonly string Informational =
        typeof(EngineVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0.0.0";

    /// <summary>Such as <c>0.1.0</c>.</summary>
    public static string Version { get; } = Informational.Split('+')[0];

    /// <summary>The first digits of the commit it was built from; empty where it was not built from one.</summary>
    public static string GitCommit { get; } =
        Informational.Split('+') is [_, { Length: >= 7 } commit] ? commit[..7] : "";

    /// <summary>When the program was built, as Go prints a time: the modification time of the executable.</summary>
    public static string BuildTime { get; } = Environment.ProcessPath is { } path && File.Exists(path)
        ? File.GetLastWriteTimeUtc(path).ToString("yyyy-MM-ddTHH:mm:ss.fffffff00+00:00", CultureInfo.InvariantCulture)
        : "";

    /// <summary>Clients print it as the Go version.</summary>
    public static string Platform { get; } = $".NET {Environment.Version}";

    /// <summary>GOARCH's word for this machine.</summary>
    public static string Architecture { get; } = RuntimeInformation.ProcessArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        var other => other.ToString().ToLowerInvariant(),
    };
}
