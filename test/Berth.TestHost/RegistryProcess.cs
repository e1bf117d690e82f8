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

    public string Root => Path.Combine(_scratch.Path, "registry");

    public static async Task<RegistryProcess> StartNewAsync()
    {
        var registry = new RegistryProcess();
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
