using Berth.TestHost;

namespace Berth.Bench;

/// <summary>From exec of the daemon to the first answered ping, with 100 stopped containers.</summary>
internal static class StartBenchmark
{
    public static async Task MeasureAsync()
    {
        await using DaemonProcess daemon = await DaemonProcess.StartNewAsync();
        (await daemon.DockerAsync("import", Machine.BusyboxArchive, "busybox:latest")).Succeeds();
        for (int i = 0; i < 100; i++)
        {
            (await daemon.DockerAsync("run", "--network", "none", "busybox", "true")).Succeeds();
        }

        var times = new List<double>();
        for (int run = 0; run < Measure.Runs; run++)
        {
            await daemon.StopAsync();
            times.Add(await Measure.TimeAsync(daemon.StartAsync));
        }

        double resident = ProcessMemory.ResidentMebibytes(daemon.ProcessId);
        Measure.Row("start to first ping, 100 stopped containers", $"{Measure.Text(Measure.Median(times))} ms", "-", "-");
        Measure.Row("resident memory then", $"{resident:0.0} MiB", "-", "-");
    }
}
