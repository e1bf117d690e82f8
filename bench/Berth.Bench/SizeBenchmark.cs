using Berth.TestHost;

namespace Berth.Bench;

/// <summary>Megabytes of the publish folder.</summary>
internal static class SizeBenchmark
{
    public static Task MeasureAsync()
    {
        double bytes = Directory.EnumerateFiles(Machine.ProgramDirectory).Where(file => new FileInfo(file).LinkTarget is null).Sum(file => new FileInfo(file).Length);
        Measure.Row("publish folder", $"{bytes / 1e6:0.0} MB", "-", "-");
        return Task.CompletedTask;
    }
}
