using System.Globalization;
using Berth.TestHost;

namespace Berth.Runtime.Tests.Shim;

/// <summary>There is one shim per container: what it weighs counts a thousandfold.</summary>
public sealed class ShimWeightTests
{
    private const int MaxPrivateKibibytes = 800;

    [LinuxFact(Needs.Root | Needs.OciRuntime | Needs.Programs)]
    public async Task A_shim_whose_container_is_idle_has_little_memory_and_no_more_threads_than_its_runtime_needs()
    {
        await using var bed = new ContainerBed(Machine.FindOnPath("crun") is not null ? "crun" : "runc", shimDirectory: Machine.ProgramDirectory);
        IContainerTask task = await bed.RunAsync(["sh", "-c", "echo hello; sleep 1000"]);
        IExecTask exec = await task.PrepareExecAsync(ContainerBed.Exec("e", ["echo", "hello"]), CancellationToken.None);
        await exec.StartAsync(CancellationToken.None);
        await exec.ExitAsync();

        string shim = File.ReadAllText(bed.Bundle.ShimPidPath).Split(' ')[0];
        Assert.InRange(Field($"/proc/{shim}/smaps_rollup", "Private_Dirty:"), 1, MaxPrivateKibibytes);
        Assert.InRange(Field($"/proc/{shim}/status", "Threads:"), 1, 2);
    }

    private static int Field(string path, string name)
    {
        string line = File.ReadLines(path).First(line => line.StartsWith(name, StringComparison.Ordinal));
        return int.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
    }
}
