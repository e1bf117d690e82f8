using System.Diagnostics;
using Berth.TestHost;

namespace Berth.Bench;

/// <summary>Cold pulls of 500 MB in 25,000 files: ours from berth-registry, the reference from Debian's docker-registry, the same bytes.</summary>
internal static class PullBenchmark
{
    private const string ReferenceAddress = "127.0.0.1:5000";

    /// <summary>So long ext4 keeps an inode back after its removal, once the disk knows of it: see docs/adr/0009.</summary>
    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(61);

    public static async Task MeasureAsync(DaemonPair pair)
    {
        if (Machine.FindOnPath("docker-registry") is not { } referenceRegistry || Machine.FindOnPath("skopeo") is null)
        {
            Measure.Row("pull of 500 MB, 25,000 files", "-", "needs docker-registry and skopeo", "-");
            return;
        }

        using var scratch = new ScratchDirectory();
        await using RegistryProcess registry = await RegistryProcess.StartNewAsync();
        string configuration = scratch.File("registry.yml");
        await File.WriteAllTextAsync(
            configuration, $"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {scratch.File("reference")}\nhttp:\n  addr: {ReferenceAddress}\n");
        using Process other = ChildProcess.Start("nsenter", [$"--net=/run/netns/{pair.Reference.NetworkNamespace}", referenceRegistry, "serve", configuration]);
        _ = other.StandardError.ReadToEndAsync();
        _ = other.StandardOutput.ReadToEndAsync();
        try
        {
            await Task.Delay(1000);
            await StoreAsync(pair, registry, scratch.File("one"), "bench/one:1", layers: 1, filesPerLayer: 25_000);
            await StoreAsync(pair, registry, scratch.File("five"), "bench/five:1", layers: 5, filesPerLayer: 5_000);
            await PullAsync(pair, registry, "bench/one:1", "pull of 500 MB, 25,000 files, one layer, cold", 5, TimeSpan.Zero);
            await PullAsync(pair, registry, "bench/five:1", "the same in five layers", 5, TimeSpan.Zero);
            await PullAsync(pair, registry, "bench/one:1", "one layer, nothing removed a minute before", 3, Settling);
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync();
        }
    }

    private static async Task StoreAsync(DaemonPair pair, RegistryProcess registry, string layout, string name, int layers, int filesPerLayer)
    {
        await BenchImage.WriteAsync(layout, layers, filesPerLayer);
        (await ChildProcess.RunAsync(
            "skopeo", ["copy", "--dest-tls-verify=false", $"oci:{layout}:1", $"docker://{registry.Address}/{name}"], timeout: TimeSpan.FromMinutes(5))).Succeeds();
        (await pair.Reference.OnItsNetworkAsync("skopeo", "copy", "--dest-tls-verify=false", $"oci:{layout}:1", $"docker://{ReferenceAddress}/{name}")).Succeeds();
        Directory.Delete(layout, recursive: true);
    }

    private static Task PullAsync(DaemonPair pair, RegistryProcess registry, string name, string what, int runs, TimeSpan settling) =>
        Measure.PairAsync(
            what,
            () => pair.OursAsync("pull", "-q", $"{registry.Address}/{name}"),
            () => pair.ReferenceAsync("pull", "-q", $"{ReferenceAddress}/{name}"),
            runs,
            before: async () =>
            {
                // both fail the first time, when nothing was pulled yet
                await ChildProcess.RunAsync(DockerProgram.Ours, ["rmi", "-f", $"{registry.Address}/{name}"], pair.Ours.ClientEnvironment());
                await ChildProcess.RunAsync(Machine.FindOnPath("docker")!, ["rmi", "-f", $"{ReferenceAddress}/{name}"], pair.Reference.ClientEnvironment());
                // we wait for the disk and the reference does not: neither is to wait for what the other left
                (await ChildProcess.RunAsync("sync", [])).Succeeds();
                await Task.Delay(settling);
            });
}
