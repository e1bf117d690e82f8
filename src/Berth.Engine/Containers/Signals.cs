using System.Collections.Frozen;
using System.Globalization;

namespace Berth.Engine.Containers;

/// <summary>Signals by name and number. Sources: signal(7); names as in github.com/moby/sys/signal, signal_linux.go.</summary>
internal static class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;
    private const int FirstRealTime = 34;
    private const int LastRealTime = 64;

    private static readonly FrozenDictionary<string, int> Numbers = new Dictionary<string, int>
    {
        ["HUP"] = 1, ["INT"] = 2, ["QUIT"] = 3, ["ILL"] = 4, ["TRAP"] = 5, ["ABRT"] = 6, ["IOT"] = 6, ["BUS"] = 7, ["FPE"] = 8,
        ["KILL"] = Kill, ["USR1"] = 10, ["SEGV"] = 11, ["USR2"] = 12, ["PIPE"] = 13, ["ALRM"] = 14, ["TERM"] = Terminate, ["STKFLT"] = 16,
        ["CHLD"] = 17, ["CLD"] = 17, ["CONT"] = 18, ["STOP"] = 19, ["TSTP"] = 20, ["TTIN"] = 21, ["TTOU"] = 22, ["URG"] = 23, ["XCPU"] = 24,
        ["XFSZ"] = 25, ["VTALRM"] = 26, ["PROF"] = 27, ["WINCH"] = 28, ["IO"] = 29, ["POLL"] = 29, ["PWR"] = 30, ["SYS"] = 31,
        ["RTMIN"] = FirstRealTime, ["RTMAX"] = LastRealTime,
    }.Concat(Enumerable.Range(1, 15).Select(n => KeyValuePair.Create($"RTMIN+{n}", FirstRealTime + n)))
        .Concat(Enumerable.Range(1, 14).Select(n => KeyValuePair.Create($"RTMAX-{n}", LastRealTime - n)))
        .ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Reads a number, or a name in any case with or without <c>SIG</c>.</summary>
    /// <exception cref="EngineException">It is neither, or no signal has the number.</exception>
    public static int Parse(string signal)
    {
        if (int.TryParse(signal, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number))
        {
            return number switch
            {
                0 => throw ContainerErrors.InvalidSignal(signal),
                < 0 or > LastRealTime => throw ContainerErrors.UnsupportedSignal(number),
                _ => number,
            };
        }

        string name = signal.ToUpperInvariant();
        return Numbers.TryGetValue(name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name, out number)
            ? number
            : throw ContainerErrors.InvalidSignal(signal);
    }

    /// <summary>What asks a container to stop: its own signal, or SIGTERM.</summary>
    public static int StopSignalOf(ContainerSpec spec) =>
        string.IsNullOrEmpty(spec.Config.StopSignal) ? Terminate : Parse(spec.Config.StopSignal);
}
