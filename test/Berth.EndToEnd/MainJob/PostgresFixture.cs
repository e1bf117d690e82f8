using Berth.TestHost;

namespace Berth.EndToEnd.MainJob;

/// <summary>A registry with the sample PostgreSQL image, and a daemon that has it as its mirror of docker.io and nothing cached.</summary>
public sealed class PostgresFixture : IAsyncLifetime
{
    public const Needs Required = Needs.Root | Needs.Overlay | Needs.Network | Needs.OciRuntime | Needs.Programs | Needs.DockerCli | Needs.BaseImage;
    public const string Image = "postgres:15-alpine";

    private RegistryProcess? _registry;
    private DaemonProcess? _daemon;

    public RegistryProcess Registry => _registry ?? throw new InvalidOperationException("the registry was not started");

    public DaemonProcess Daemon => _daemon ?? throw new InvalidOperationException("the daemon was not started");

    public async ValueTask InitializeAsync()
    {
        if (Machine.WhyNot(Required) is not null)
        {
            return;   // every test that would use it is skipped for the same reason
        }

        _registry = await RegistryProcess.StartNewAsync();
        _daemon = await DaemonProcess.StartNewAsync("--registry-mirror", $"http://{_registry.Address}");
        var environment = new Dictionary<string, string?>(_daemon.ClientEnvironment())
        {
            ["DOCKER"] = DockerProgram.Path,
            ["REGISTRY"] = _registry.Address,
        };
        (await ChildProcess.RunAsync(
            Path.Combine(Machine.ProjectRoot, "build", "postgres-image"), [], environment, timeout: TimeSpan.FromMinutes(15))).Succeeds();
    }

    public async ValueTask DisposeAsync()
    {
        if (_daemon is not null)
        {
            await _daemon.DisposeAsync();
        }

        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }
    }

    public async Task<string> Output(params IEnumerable<string> arguments) => (await Daemon.DockerAsync(arguments)).Succeeds().Text;
}

[CollectionDefinition]
public sealed class PostgresCollection : ICollectionFixture<PostgresFixture>;
