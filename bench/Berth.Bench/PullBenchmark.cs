using System.Diagnostics;
using System.Formats.Tar;
using Berth.TestHost;

namespace Berth.Bench;

/// <summary>A cold pull of 500 MB in 25,000 files: ours from berth-registry, the reference from Debian's docker-registry, the same bytes.</summary>
internal static class PullBenchmark
{
    private const int FileCount = 25_000;
    private const int FileBytes = 20_000;

    public static async Task MeasureAsync(DaemonPair pair)
    {
        if (Machine.FindOnPath("docker-registry") is not { } referenceRegistry || Machine.FindOnPath("skopeo") is null)
        {
            Measure.Row("pull of 500 MB, 25,000 files", "-", "needs docker-registry and skopeo", "-");
            return;
        }

        using var scratch = new ScratchDirectory();
        await using RegistryProcess registry = await RegistryProcess.StartNewAsync();
        string archive = scratch.File("big.tar");
        WriteArchive(archive);
        string image = $"{registry.Address}/bench/big:1";
        await pair.OursAsync("import", archive, image);
        await pair.OursAsync("push", image);
        (await ChildProcess.RunAsync("skopeo", ["copy", "--src-tls-verify=false", $"docker://{image}", $"oci:{scratch.File("layout")}:1"], timeout: TimeSpan.FromMinutes(5))).Succeeds();

        string configuration = scratch.File("registry.yml");
        await File.WriteAllTextAsync(configuration, $"version: 0.1\nstorage:\n  filesystem:\n    rootdirectory: {scratch.File("reference")}\nhttp:\n  addr: 127.0.0.1:5000\n");
        using Process other = ChildProcess.Start("nsenter", [$"--net=/run/netns/{pair.Reference.NetworkNamespace}", referenceRegistry, "serve", configuration]);
        _ = other.StandardError.ReadToEndAsync();
        _ = other.StandardOutput.ReadToEndAsync();
        try
        {
            await Task.Delay(1000);
            (await pair.Reference.OnItsNetworkAsync("skopeo", "copy", "--dest-tls-verify=false", $"oci:{scratch.File("layout")}:1", "docker://127.0.0.1:5000/bench/big:1")).Succeeds();
            await Measure.PairAsync(
                "pull of 500 MB, 25,000 files, cold",
                () => pair.OursAsync("pull", "-q", image),
                () => pair.ReferenceAsync("pull", "-q", "127.0.0.1:5000/bench/big:1"),
                runs: 5,
                before: async () =>
                {
                    await pair.OursAsync("rmi", "-f", image);
                    await ChildProcess.RunAsync(Machine.FindOnPath("docker")!, ["rmi", "-f", "127.0.0.1:5000/bench/big:1"], pair.Reference.ClientEnvironment());
                });
        }
        finally
        {
            other.Kill();
            await other.WaitForExitAsync();
        }
    }

    /// <summary>Half noise, half text: it compresses about as real software does.</summary>
    private static void WriteArchive(string path)
    {
        using FileStream file = File.Create(path);
        using var archive = new TarWriter(file, TarEntryFormat.Pax);
        var random = new Random(1);
        var content = new byte[FileBytes];
        for (int i = 0; i < FileCount; i++)
        {
            random.NextBytes(content.AsSpan(0, FileBytes / 2));
            content.AsSpan(FileBytes / 2).Fill((byte)('a' + (i % 26)));
            archive.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"data/{i / 250:000}/{i:00000}") { DataStream = new MemoryStream(content) });
        }
    }
}
