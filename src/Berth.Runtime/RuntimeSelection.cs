using Berth.Linux;
using Berth.Linux.Cgroups;

namespace Berth.Runtime;

/// <param name="Name">As containers name it.</param>
/// <param name="Path">Its executable.</param>
/// <param name="Arguments">Global arguments, in front of any command.</param>
public sealed record RuntimeCandidate(string Name, string Path, IReadOnlyList<string> Arguments);

/// <param name="Chosen">Null where none works.</param>
/// <param name="Refused">Those that were tried before, with what they said.</param>
/// <param name="MountedControllers">Hierarchies of cgroup version 1 that were mounted on the way.</param>
public sealed record RuntimeChoice(
    RuntimeCandidate? Chosen, IReadOnlyList<(RuntimeCandidate Candidate, string Reason)> Refused, IReadOnlyList<string> MountedControllers);

/// <summary>Finds the OCI runtime that works on this host.</summary>
public static class RuntimeSelection
{
    /// <summary>What crun up to 1.x says on a hybrid host. Source: crun, src/libcrun/cgroup.c.</summary>
    private const string HybridRefusal = "drop all controllers from cgroupv2";

    /// <summary>The runtimes that are tried where the operator names none, the quickest first.</summary>
    public static IReadOnlyList<string> DefaultNames { get; } = ["crun", "runc"];

    /// <summary>The known runtimes that are installed.</summary>
    public static IReadOnlyList<RuntimeCandidate> FindInstalled() =>
        [.. DefaultNames.Select(static name => (Name: name, Path: FindOnPath(name))).Where(static found => found.Path is not null)
            .Select(static found => new RuntimeCandidate(found.Name, found.Path!, []))]; // not null: filtered above

    /// <summary>An executable on the daemon's PATH, or where system programs lie though a service's PATH may not say so.</summary>
    public static string? FindOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':', StringSplitOptions.RemoveEmptyEntries)
            .Concat(["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"])
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists);

    /// <summary>
    /// Tries the candidates in turn with a container each, some 50 ms; on another thread, so that a daemon need not wait for it to serve.
    /// Where only a hybrid cgroup layout is in the way, the missing hierarchies are mounted (docs/adr/0002).
    /// </summary>
    /// <param name="directory">Where trials may keep files meanwhile.</param>
    public static Task<RuntimeChoice> ChooseAsync(IReadOnlyList<RuntimeCandidate> candidates, string directory) =>
        Task.Factory.StartNew(() => Choose(candidates, directory), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static RuntimeChoice Choose(IReadOnlyList<RuntimeCandidate> candidates, string directory)
    {
        List<(RuntimeCandidate, string)> refused = [];
        List<string> mounted = [];
        foreach (RuntimeCandidate candidate in candidates)
        {
            string? reason = RuntimeProbe.WhyNot(candidate.Path, candidate.Arguments, directory);
            if (reason is not null && reason.Contains(HybridRefusal, StringComparison.Ordinal) && TryMount(mounted))
            {
                reason = RuntimeProbe.WhyNot(candidate.Path, candidate.Arguments, directory);
            }

            if (reason is null)
            {
                return new(candidate, refused, mounted);
            }

            refused.Add((candidate, reason));
        }

        return new(null, refused, mounted);
    }

    private static bool TryMount(List<string> mounted)
    {
        try
        {
            mounted.AddRange(HybridHierarchies.MountUnused());
            return true;
        }
        catch (LinuxException)
        {
            return false; // The controller is in use after all, or mounting is not allowed here: the next candidate's turn.
        }
    }
}
