using System.Text;
using System.Text.Json.Nodes;
using Berth.Runtime.Shim;
using Berth.TestHost;

namespace Berth.Runtime.Tests.Shim;

/// <summary>A bundle with busybox in it, a runtime that runs it, and everything gone afterwards.</summary>
internal sealed class ContainerBed : IAsyncDisposable
{
    private static int _last;
    private readonly ScratchDirectory _scratch = new();
    private readonly List<IContainerTask> _tasks = [];

    private readonly string _shimDirectory;

    /// <param name="shimDirectory">Null is the shim that was built beside the tests.</param>
    public ContainerBed(string runtime, string bundleName = "bundle", string? shimDirectory = null)
    {
        _shimDirectory = shimDirectory ?? BuiltShimDirectory;
        RuntimePath = Machine.FindOnPath(runtime) ?? throw new InvalidOperationException($"{runtime} is not there");
        Id = $"berth-test-{Environment.ProcessId}-{Interlocked.Increment(ref _last)}";
        StateDirectory = _scratch.File("state");
        Bundle = new Bundle(_scratch.File(bundleName));
        Directory.CreateDirectory(Path.Combine(Bundle.RootFsPath, "bin"));
        foreach (string directory in (string[])["proc", "dev", "sys", "tmp"])
        {
            Directory.CreateDirectory(Path.Combine(Bundle.RootFsPath, directory));
        }

        File.Copy("/bin/busybox", Path.Combine(Bundle.RootFsPath, "bin/busybox"));
        foreach (string applet in (string[])["sh", "cat", "echo", "sleep", "true", "false", "stty", "ls", "head", "yes", "kill", "readlink", "dd"])
        {
            File.CreateSymbolicLink(Path.Combine(Bundle.RootFsPath, "bin", applet), "busybox");
        }

        Runtime = NewDaemon();
    }

    public string Id { get; }
    public string RuntimePath { get; }
    public string CgroupsPath => $"/berth-test/{Id}";
    public string StateDirectory { get; }
    public Bundle Bundle { get; }
    public ShimRuntime Runtime { get; }
    public string LogPath => _scratch.File("container-json.log");

    /// <summary>Where the build leaves the shim.</summary>
    private static string BuiltShimDirectory =>
        Environment.GetEnvironmentVariable("BERTH_SHIM_DIRECTORY")
        ?? Path.Combine(Machine.ProjectRoot, "artifacts/build/bin/berth-shim", new DirectoryInfo(AppContext.BaseDirectory).Name);

    public ShimRuntime NewDaemon() => new("test", _shimDirectory, StateDirectory);

    public void WriteConfig(string[] arguments, bool terminal = false, Action<JsonNode>? change = null)
    {
        JsonNode config = JsonNode.Parse($$"""
            {
              "ociVersion": "1.0.2",
              "process": {
                "terminal": {{(terminal ? "true" : "false")}}, "user": { "uid": 0, "gid": 0 }, "env": [ "PATH=/bin" ], "cwd": "/",
                "capabilities": { "bounding": [ "CAP_KILL" ], "effective": [ "CAP_KILL" ], "permitted": [ "CAP_KILL" ] }
              },
              "root": { "path": "rootfs" },
              "mounts": [
                { "destination": "/proc", "type": "proc", "source": "proc" },
                { "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": [ "nosuid", "mode=755" ] },
                { "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": [ "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" ] }
              ],
              "linux": {
                "cgroupsPath": "{{CgroupsPath}}",
                "namespaces": [ { "type": "pid" }, { "type": "ipc" }, { "type": "uts" }, { "type": "mount" } ]
              }
            }
            """)!;
        if (terminal)
        {
            // Docker says the first size here, too: only the runtime can set it before the process runs.
            config["process"]!["consoleSize"] = new JsonObject { ["height"] = 25, ["width"] = 77 };
        }

        config["process"]!["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]);
        change?.Invoke(config);
        File.WriteAllText(Bundle.ConfigPath, config.ToJsonString());
    }

    public TaskRequest Request(bool terminal = false, bool openStdin = false, LogTarget? log = null) => new()
    {
        ContainerId = Id,
        Bundle = Bundle,
        RuntimePath = RuntimePath,
        CgroupsPath = CgroupsPath,
        Terminal = terminal,
        OpenStdin = openStdin,
        Log = log ?? new LogTarget { Path = LogPath },
        ConsoleSize = terminal ? (25, 77) : (0, 0),
    };

    /// <summary>Writes a config for the command and prepares it.</summary>
    public async Task<IContainerTask> PrepareAsync(string[] arguments, bool terminal = false, bool openStdin = false, LogTarget? log = null)
    {
        WriteConfig(arguments, terminal);
        return await PrepareAsync(Request(terminal, openStdin, log));
    }

    public async Task<IContainerTask> PrepareAsync(TaskRequest request)
    {
        IContainerTask task = await Runtime.PrepareAsync(request, CancellationToken.None);
        _tasks.Add(task);
        return task;
    }

    public async Task<IContainerTask> RunAsync(string[] arguments, bool terminal = false, bool openStdin = false, LogTarget? log = null)
    {
        IContainerTask task = await PrepareAsync(arguments, terminal, openStdin, log);
        await task.StartAsync(CancellationToken.None);
        return task;
    }

    public static ExecRequest Exec(string id, string[] arguments, bool terminal = false, bool openStdin = false)
    {
        var process = new JsonObject
        {
            ["terminal"] = terminal,
            ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
            ["args"] = new JsonArray([.. arguments.Select(argument => (JsonNode)argument)]),
            ["env"] = new JsonArray("PATH=/bin"),
            ["cwd"] = "/",
        };
        return new ExecRequest
        {
            ExecId = id,
            ProcessJson = Encoding.UTF8.GetBytes(process.ToJsonString()),
            Terminal = terminal,
            OpenStdin = openStdin,
            ConsoleSize = terminal ? (31, 99) : (0, 0),
        };
    }

    public async ValueTask DisposeAsync()
    {
        foreach (IContainerTask task in _tasks)
        {
            await task.DisposeAsync();
        }

        if (await Runtime.ReconnectAsync(Bundle, CancellationToken.None) is { } left)
        {
            try
            {
                await left.SignalAsync(9, CancellationToken.None);
            }
            catch (RuntimeFailureException)
            {
                // It is just ending.
            }

            await left.Released.WaitAsync(TimeSpan.FromSeconds(30));
            await left.DisposeAsync();
        }

        Runtime.Dispose();
        _scratch.Dispose();
    }
}
