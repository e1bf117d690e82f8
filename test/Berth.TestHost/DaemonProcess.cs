using System.Diagnostics;
using System.Net.Sockets;

namespace Berth.TestHost;

/// <summary>A published daemon of a test's own: data root, socket, bridge and addresses that no other has.</summary>
/// <remarks>May be stopped, killed and started again over the same directories. Disposing ends it and removes all it made.</remarks>
public sealed class DaemonProcess : IDockerDaemon
{
    private static int s_instances;

    private readonly ScratchDirectory _scratch = new();
    private readonly List<string> _flags;
    private readonly string _bridge;
    private readonly string _pool;
    private Process? _process;
    private StreamWriter? _log;

    public DaemonProcess(params IEnumerable<string> flags)
    {
        _flags = [.. flags];

        // The process id keeps two test runs apart, the counter two daemons of one run.
        int number = (Environment.ProcessId * 8 + Interlocked.Increment(ref s_instances)) % 200;
        _bridge = $"berth-t{number}";
        _pool = $"10.{20 + number}.0.0/16";
    }

    public string Socket => Path.Combine(_scratch.Path, "docker.sock");
    public string Host => $"unix://{Socket}";

    /// <summary>A test may have it elsewhere, and removes it there.</summary>
    public string DataRoot
    {
        get => field ?? Path.Combine(_scratch.Path, "data");
        init;
    }

    public string ExecRoot => Path.Combine(_scratch.Path, "exec");
    public string LogFile => Path.Combine(_scratch.Path, "berthd.log");
    public string Bridge => _bridge;
    public int ProcessId => _process?.Id ?? 0;

    public Task<CommandResult> OnItsNetworkAsync(string program, params IEnumerable<string> arguments) => ChildProcess.RunAsync(program, arguments);

    public static Task<DaemonProcess> StartNewAsync(params IEnumerable<string> flags) => StartAsync(new DaemonProcess(flags));

    /// <summary>As <see cref="StartNewAsync"/>, with its data root on a disk of the test's.</summary>
    public static Task<DaemonProcess> StartNewOnAsync(SmallDisk disk, params IEnumerable<string> flags) =>
        StartAsync(new DaemonProcess(flags) { DataRoot = Path.Combine(disk.Path, "data") });

    private static async Task<DaemonProcess> StartAsync(DaemonProcess daemon)
    {
        try
        {
            await daemon.StartAsync();
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public async Task StartAsync()
    {
        // The host's own configuration is not this test's.
        await File.WriteAllTextAsync(Path.Combine(_scratch.Path, "daemon.json"), "{}");
        _process = ChildProcess.Start(
            Path.Combine(Machine.ProgramDirectory, "berthd"),
            [
                "-H", Host, "--data-root", DataRoot, "--exec-root", ExecRoot, "--pidfile", Path.Combine(_scratch.Path, "berthd.pid"),
                "--config-file", Path.Combine(_scratch.Path, "daemon.json"),
                "--bridge", _bridge, "--default-address-pool", $"base={_pool},size=24", .. _flags,
            ]);
        _log = new StreamWriter(LogFile, append: true) { AutoFlush = true };
        _process.OutputDataReceived += (_, line) => Note(line.Data);
        _process.ErrorDataReceived += (_, line) => Note(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await WaitUntilItAnswersAsync();
    }

    /// <summary>SIGKILL: no clean-up of its own.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await EndedAsync();
    }

    /// <summary>SIGTERM, as an operator stops it.</summary>
    public async Task StopAsync()
    {
        await ChildProcess.RunAsync("kill", ["-TERM", $"{_process!.Id}"]);
        await EndedAsync();
    }

    /// <summary>What of this daemon is mounted on the host.</summary>
    public IReadOnlyList<string> Mounts() =>
        [.. File.ReadAllLines("/proc/self/mounts").Select(line => line.Split(' ')[1])
            .Where(target => target.StartsWith(ExecRoot + "/", StringComparison.Ordinal) || target.StartsWith(DataRoot + "/", StringComparison.Ordinal))];

    /// <summary>An HTTP client of its API, for what no docker client sends.</summary>
    public HttpClient Connect() => new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, ct) =>
        {
            var socket = new System.Net.Sockets.Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), ct);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = new Uri("http://docker"),
    };

    /// <summary>Runs a docker client against this daemon.</summary>
    public Task<CommandResult> DockerAsync(params IEnumerable<string> arguments) =>
        ChildProcess.RunAsync(DockerProgram.Path, arguments, ClientEnvironment());

    public IReadOnlyDictionary<string, string?> ClientEnvironment() => new Dictionary<string, string?>
    {
        ["DOCKER_HOST"] = Host,
        ["DOCKER_CONFIG"] = Path.Combine(_scratch.Path, "config"),
        ["DOCKER_CONTEXT"] = null,
    };

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            await RemoveContainersAsync();
            await StopAsync();
        }

        _process?.Dispose();
        _log?.Dispose();
        await RemoveLeftoversAsync();
        _scratch.Dispose();
    }

    private async Task RemoveContainersAsync()
    {
        CommandResult all = await DockerAsync("ps", "-aq", "--no-trunc");
        string[] ids = all.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (all.ExitCode == 0 && ids.Length > 0)
        {
            await DockerAsync(["rm", "-f", "-v", .. ids]);
        }
    }

    /// <summary>Ends what a killed daemon's containers left, so that the directory can go.</summary>
    private async Task RemoveLeftoversAsync()
    {
        foreach (string pidFile in Directory.Exists(ExecRoot) ? Directory.GetFiles(ExecRoot, "*.pid", SearchOption.AllDirectories) : [])
        {
            string pid = (await File.ReadAllTextAsync(pidFile)).Split(' ', '\n')[0];
            await ChildProcess.RunAsync("kill", ["-KILL", pid]);
        }

        foreach (string mount in (await File.ReadAllLinesAsync("/proc/self/mounts")).Reverse()
            .Select(line => line.Split(' ')[1]).Where(target => target.StartsWith(_scratch.Path + "/", StringComparison.Ordinal) || target.StartsWith(DataRoot + "/", StringComparison.Ordinal)))
        {
            await ChildProcess.RunAsync("umount", ["-l", mount]);
        }

        await ChildProcess.RunAsync("ip", ["link", "delete", _bridge]);
        await ChildProcess.RunAsync("nft", ["delete", "table", "inet", $"berth-{_bridge}"]);
    }

    private async Task WaitUntilItAnswersAsync()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await Ping.AnswersAsync(Socket, limit.Token))
        {
            if (_process!.HasExited || limit.IsCancellationRequested)
            {
                throw new InvalidOperationException($"berthd did not start:\n{await File.ReadAllTextAsync(LogFile)}");
            }

            await Task.Delay(5, limit.Token);
        }
    }

    private async Task EndedAsync()
    {
        await _process!.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        _log?.Dispose();
        _log = null;
    }

    private void Note(string? line)
    {
        if (line is not null && _log is { } log)
        {
            lock (log)
            {
                log.WriteLine(line);
            }
        }
    }
}
