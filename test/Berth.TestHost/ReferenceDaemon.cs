using System.Diagnostics;

namespace Berth.TestHost;

/// <summary>Debian's dockerd in a network namespace, data root and socket of its own: the oracle.</summary>
public sealed class ReferenceDaemon : IDockerDaemon
{
    private readonly ScratchDirectory _scratch = new();
    /// <summary>Name of the network namespace it lives in.</summary>
    public string NetworkNamespace { get; } = $"berth-ref-{Environment.ProcessId}";
    private Process? _process;

    public string Host => $"unix://{Socket}";

    public string Socket => Path.Combine(_scratch.Path, "docker.sock");

    public int ProcessId => _process?.Id ?? 0;

    public static async Task<ReferenceDaemon> StartNewAsync(params IEnumerable<string> flags)
    {
        var daemon = new ReferenceDaemon();
        try
        {
            await daemon.StartAsync(flags);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    public Task<CommandResult> DockerAsync(params IEnumerable<string> arguments) =>
        ChildProcess.RunAsync(DockerProgram.Path, arguments, ClientEnvironment());

    public IReadOnlyDictionary<string, string?> ClientEnvironment() => new Dictionary<string, string?>
    {
        ["DOCKER_HOST"] = Host,
        ["DOCKER_CONFIG"] = Path.Combine(_scratch.Path, "config"),
        ["DOCKER_CONTEXT"] = null,
    };

    public Task<CommandResult> OnItsNetworkAsync(string program, params IEnumerable<string> arguments) =>
        ChildProcess.RunAsync("nsenter", [$"--net=/run/netns/{NetworkNamespace}", program, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await ChildProcess.RunAsync("kill", ["-TERM", $"{_process.Id}"]);
            await _process.WaitForExitAsync();
            _process.Dispose();
        }

        await ChildProcess.RunAsync("ip", ["netns", "delete", NetworkNamespace]);
        foreach (string mount in (await File.ReadAllLinesAsync("/proc/self/mounts")).Reverse()
            .Select(line => line.Split(' ')[1]).Where(target => target.StartsWith(_scratch.Path, StringComparison.Ordinal)))
        {
            await ChildProcess.RunAsync("umount", ["-l", mount]);
        }

        _scratch.Dispose();
    }

    private async Task StartAsync(IEnumerable<string> flags)
    {
        (await ChildProcess.RunAsync("ip", ["netns", "add", NetworkNamespace])).Succeeds();
        (await OnItsNetworkAsync("ip", "link", "set", "lo", "up")).Succeeds();

        // nsenter, not ip netns exec: that one mounts a new /sys, without the cgroups.
        _process = ChildProcess.Start("nsenter",
        [
            $"--net=/run/netns/{NetworkNamespace}", Machine.FindOnPath("dockerd") ?? "dockerd", "-H", Host,
            "--data-root", Path.Combine(_scratch.Path, "data"), "--exec-root", Path.Combine(_scratch.Path, "exec"),
            "--pidfile", Path.Combine(_scratch.Path, "dockerd.pid"), .. flags,
        ]);
        Task<string> log = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (!await Ping.AnswersAsync(Socket, limit.Token))
        {
            if (_process.HasExited)
            {
                throw new InvalidOperationException($"dockerd did not start:\n{await log}");
            }

            await Task.Delay(50, limit.Token);
        }
    }
}
