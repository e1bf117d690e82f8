namespace Berth.Bench;

/// <summary><c>docker exec</c> of <c>true</c> in a running container, each by its own client.</summary>
internal static class ExecBenchmark
{
    public static async Task MeasureAsync(DaemonPair pair)
    {
        await pair.OursAsync("run", "-d", "--name", "exec", "busybox", "sleep", "1000");
        await pair.ReferenceAsync("run", "-d", "--name", "exec", "busybox", "sleep", "1000");
        await Measure.PairAsync("exec true", () => pair.OursAsync("exec", "exec", "true"), () => pair.ReferenceAsync("exec", "exec", "true"));
        await pair.OursAsync("rm", "-f", "exec");
        await pair.ReferenceAsync("rm", "-f", "exec");
    }
}
