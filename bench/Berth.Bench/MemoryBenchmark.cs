using Berth.TestHost;

namespace Berth.Bench;

/// <summary>What an idle container and an idle daemon keep in memory.</summary>
internal static class MemoryBenchmark
{
    /// <summary>How long both daemons are left alone before they count as idle.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(10);

    public static async Task MeasureAsync(DaemonPair pair)
    {
        await pair.OursAsync("run", "-d", "--name", "idle", "busybox", "sleep", "1000");
        await pair.ReferenceAsync("run", "-d", "--name", "idle", "busybox", "sleep", "1000");
        int ours = ParentOf(await PidAsync(pair.Ours));
        int reference = ParentOf(await PidAsync(pair.Reference));
        double a = ProcessMemory.PrivateMebibytes(ours);
        double b = ProcessMemory.PrivateMebibytes(reference);
        Measure.Row("private memory of an idle container's shim", $"{a:0.00} MiB", $"{b:0.00} MiB", $"1/{Measure.Text(b / a)}");
        await Task.Delay(Rest);
        a = ProcessMemory.ResidentMebibytes(pair.Ours.ProcessId);
        b = ProcessMemory.ResidentMebibytes(pair.Reference.ProcessId);
        Measure.Row("resident memory of the idle daemon (dockerd without containerd)", $"{a:0.0} MiB", $"{b:0.0} MiB", $"1/{Measure.Text(b / a)}");
        await pair.OursAsync("rm", "-f", "idle");
        await pair.ReferenceAsync("rm", "-f", "idle");
    }

    private static async Task<int> PidAsync(IDockerDaemon daemon) =>
        int.Parse((await daemon.DockerAsync("inspect", "-f", "{{.State.Pid}}", "idle")).Succeeds().Text, System.Globalization.CultureInfo.InvariantCulture);

    private static int ParentOf(int pid) => int.Parse(
        File.ReadLines($"/proc/{pid}/status").First(line => line.StartsWith("PPid:", StringComparison.Ordinal))[5..], System.Globalization.CultureInfo.InvariantCulture);
}
