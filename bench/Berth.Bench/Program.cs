using Berth.Bench;
using Berth.TestHost;

// Each benchmark measures ours and the reference alternately in this one run: the machine's moods hit both.
string[] wanted = args.Length > 0 ? args : ["run", "http", "exec", "memory", "start", "pull", "size"];
if (Machine.WhyNot(Needs.Root | Needs.Programs | Needs.DockerCli | Needs.Busybox | Needs.Dockerd) is { } missing)
{
    Console.Error.WriteLine(missing);
    return 1;
}

Console.WriteLine("| what | ours | reference | ratio |");
Console.WriteLine("|---|---|---|---|");
await using var pair = await DaemonPair.StartAsync();
foreach (string name in wanted)
{
    await (name switch
    {
        "run" => RunBenchmark.MeasureAsync(pair),
        "http" => HttpBenchmark.MeasureAsync(pair),
        "exec" => ExecBenchmark.MeasureAsync(pair),
        "memory" => MemoryBenchmark.MeasureAsync(pair),
        "start" => StartBenchmark.MeasureAsync(),
        "pull" => PullBenchmark.MeasureAsync(pair),
        "size" => SizeBenchmark.MeasureAsync(),
        _ => throw new ArgumentException($"there is no benchmark {name}"),
    });
}

return 0;
