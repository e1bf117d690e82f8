namespace Berth.Bench;

/// <summary>The whole of <c>docker run --rm busybox true</c>, each by its own client.</summary>
internal static class RunBenchmark
{
    public static async Task MeasureAsync(DaemonPair pair)
    {
        foreach (string network in (string[])["bridge", "host", "none"])
        {
            await Measure.PairAsync(
                $"run --rm --network {network} busybox true",
                () => pair.OursAsync("run", "--rm", "--network", network, "busybox", "true"),
                () => pair.ReferenceAsync("run", "--rm", "--network", network, "busybox", "true"));
        }
    }
}
