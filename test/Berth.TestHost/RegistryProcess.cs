using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Berth.TestHost;

/// <summary>A published registry of a test's own on a free loopback port. May be killed and started again over the same directory.</summary>
public sealed class RegistryProcess : IAsyncDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private Process? _process;

    public int Port { get; } = FreePort();

    public string Address => $"127.0.0.1:{Port}";

    public int ProcessId => _process?.Id ?? 0;

    /// <summary>A test may have it elsewhere, and removes it there.</summary>
    public string Root
    {
        get => field ?? Path.Combine(_scratch.Path, "registry");
        init;
    }

    public static Task<RegistryProcess> StartNewAsync() => StartAsync(new RegistryProcess());

    /// <summary>As <see cref="StartNewAsync"/>, with its root on a disk of the test's.</summary>
    public static Task<RegistryProcess> StartNewOnAsync(SmallDisk disk) =>
        StartAsync(new RegistryProcess { Root = Path.Combine(disk.Path, "registry") });

    private static async Task<RegistryProcess> StartAsync(RegistryProcess registry)
    {
        await registry.StartAsync();
        return registry;
    }

    public async Task StartAsync()
    {
        _process = ChildProcess.Start(Path.Combine(Machine.ProgramDirectory, "berth-registry"), ["serve", "--addr", Address, "--root", Root]);
        Task<string> error = _process.StandardError.ReadToEndAsync();
        _ = _process.StandardOutput.ReadToEndAsync();
        using var http = new HttpClient();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://{Address}/v2/"), limit.Token);
                if (answer.StatusCode == HttpStatusCode.OK)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (!_process.HasExited)
            {
                await Task.Delay(5, limit.Token);
            }

            if (_process.HasExited)
            {
                throw new InvalidOperationException($"berth-registry did not start: {await error}");
            }
        }
    }

    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await KillAsync();
        }

        _scratch.Dispose();
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
