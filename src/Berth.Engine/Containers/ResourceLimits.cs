using System.Collections.Frozen;

namespace Berth.Engine.Containers;

/// <summary>Names of ulimits. Source: getrlimit(2); docker/go-units, ulimit.go.</summary>
internal static class ResourceLimits
{
    public static FrozenSet<string> Names { get; } = FrozenSet.Create(StringComparer.Ordinal,
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss", "rtprio", "rttime", "sigpending", "stack");
}
