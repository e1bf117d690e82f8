using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Berth.Linux;
using Berth.Linux.Seccomp;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers.Security;

/// <summary>The kernel's programs for seccomp profiles. Each is compiled once, which takes a runtime half of a container's start.</summary>
/// <remarks>
/// crun loads a program that it finds in <see cref="Annotation"/> and applies the rules' flags; other runtimes do not know the annotation and
/// compile the rules, which are always there. Source: crun(1), "run.oci.seccomp_bpf_data"; the rules' meaning: OCI runtime-spec, config-linux.md, "Seccomp".
/// </remarks>
internal sealed class SeccompPrograms
{
    public const string Annotation = "run.oci.seccomp_bpf_data";

    /// <summary>Profiles come with requests: what they fill is bounded.</summary>
    private const int Limit = 64;

    private const uint EPERM = 1;

    private readonly ConcurrentDictionary<string, Lazy<string?>> _programs = new(StringComparer.Ordinal);

    // By the object: the built-in profile's rules are one for all containers, and need not be written out to be known again.
    private readonly ConditionalWeakTable<LinuxSeccomp, Lazy<string?>> _known = [];

    /// <summary>The program in base64; null where only the runtime can say what the rules mean, or libseccomp is not installed.</summary>
    public string? Of(LinuxSeccomp rules) => _known.GetValue(rules, Find).Value;

    private Lazy<string?> Find(LinuxSeccomp rules)
    {
        if (rules is { Flags.Count: > 0 } or { ListenerPath: not null })
        {
            return new Lazy<string?>((string?)null);
        }

        if (_programs.Count >= Limit)
        {
            _programs.Clear();
        }

        string key = JsonSerializer.Serialize(rules, RuntimeSpecJson.Plain.LinuxSeccomp);
        return _programs.GetOrAdd(key, _ => new Lazy<string?>(() => Compile(rules)));
    }

    // A profile that cannot be compiled is the runtime's to refuse, whose words users know.
    private static string? Compile(LinuxSeccomp rules)
    {
        if (ActionOf(rules.DefaultAction, rules.DefaultErrnoRet) is not { } defaultAction)
        {
            return null;
        }

        try
        {
            using var filter = new SeccompFilter(defaultAction);
            foreach (string architecture in rules.Architectures ?? [])
            {
                filter.AddArchitecture(architecture.Replace("SCMP_ARCH_", "", StringComparison.Ordinal).ToLowerInvariant());
            }

            return (rules.Syscalls ?? []).All(rule => TryAdd(filter, rule, defaultAction)) ? Convert.ToBase64String(filter.Compile()) : null;
        }
        catch (Exception e) when (e is LinuxException or DllNotFoundException)
        {
            return null;
        }
    }

    private static bool TryAdd(SeccompFilter filter, SeccompRule rule, uint defaultAction)
    {
        if (ActionOf(rule.Action, rule.ErrnoRet) is not { } action || ConditionsOf(rule) is not { } conditions)
        {
            return false;
        }

        if (action == defaultAction)
        {
            return true; // nothing to say, and the library would refuse it
        }

        // Conditions on one argument are alternatives, on several they are one condition. Source: runc, libcontainer/seccomp.
        bool alternatives = conditions.DistinctBy(condition => condition.Argument).Count() < conditions.Length;
        foreach (string name in rule.Names)
        {
            // Calls that the library does not know are left out, as every runtime leaves them out.
            if (!alternatives)
            {
                _ = filter.TryAdd(action, name, conditions);
                continue;
            }

            foreach (SeccompCondition condition in conditions)
            {
                _ = filter.TryAdd(action, name, condition);
            }
        }

        return true;
    }

    private static uint? ActionOf(string action, uint? errno) => action switch
    {
        "SCMP_ACT_ALLOW" => SeccompFilter.Allow,
        "SCMP_ACT_ERRNO" => SeccompFilter.Error(errno ?? EPERM),
        "SCMP_ACT_TRACE" => SeccompFilter.Trace(errno ?? EPERM),
        "SCMP_ACT_TRAP" => SeccompFilter.Trap,
        "SCMP_ACT_LOG" => SeccompFilter.Log,
        "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompFilter.KillThread,
        "SCMP_ACT_KILL_PROCESS" => SeccompFilter.KillProcess,
        _ => null,
    };

    private static SeccompCondition[]? ConditionsOf(SeccompRule rule)
    {
        var conditions = new List<SeccompCondition>();
        foreach (SeccompArgument argument in rule.Args ?? [])
        {
            if (ComparisonOf(argument.Op) is not { } comparison)
            {
                return null;
            }

            conditions.Add(new SeccompCondition(argument.Index, comparison, argument.Value, argument.ValueTwo));
        }

        return [.. conditions];
    }

    private static SeccompComparison? ComparisonOf(string op) => op switch
    {
        "SCMP_CMP_NE" => SeccompComparison.NotEqual,
        "SCMP_CMP_LT" => SeccompComparison.Less,
        "SCMP_CMP_LE" => SeccompComparison.LessOrEqual,
        "SCMP_CMP_EQ" => SeccompComparison.Equal,
        "SCMP_CMP_GE" => SeccompComparison.GreaterOrEqual,
        "SCMP_CMP_GT" => SeccompComparison.Greater,
        "SCMP_CMP_MASKED_EQ" => SeccompComparison.MaskedEqual,
        _ => null,
    };
}
