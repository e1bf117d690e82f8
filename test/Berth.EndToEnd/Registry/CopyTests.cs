using Berth.TestHost;

namespace Berth.EndToEnd.Registry;

/// <summary>skopeo and buildah against the published registry.</summary>
public sealed class CopyTests : IAsyncLifetime
{
    private const Needs Required = Needs.Programs | Needs.Busybox;

    private readonly ScratchDirectory _scratch = new();
    private RegistryProcess? _registry;

    private string Address => (_registry ?? throw new InvalidOperationException("the registry was not started")).Address;

    public async ValueTask InitializeAsync()
    {
        if (Machine.WhyNot(Required) is null)
        {
            _registry = await RegistryProcess.StartNewAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_registry is not null)
        {
            await _registry.DisposeAsync();
        }

        _scratch.Dispose();
    }

    [LinuxFact(Required | Needs.Root | Needs.Buildah | Needs.Skopeo)]
    public async Task Image_made_by_buildah_is_pushed_copied_and_the_same()
    {
        string[] storage = ["--root", _scratch.File("storage"), "--runroot", _scratch.File("run"), "--storage-driver", "vfs"];
        string container = (await ChildProcess.RunAsync("buildah", [.. storage, "from", "scratch"])).Succeeds().Text;
        (await ChildProcess.RunAsync("buildah", [.. storage, "add", container, Machine.BusyboxArchive, "/"])).Succeeds();
        (await ChildProcess.RunAsync("buildah", [.. storage, "commit", container, "made"])).Succeeds();
        (await ChildProcess.RunAsync("buildah", [.. storage, "push", "--tls-verify=false", "made", $"docker://{Address}/by/buildah:1"])).Succeeds();

        string pushed = await Digest("by/buildah:1");
        (await ChildProcess.RunAsync("skopeo", ["copy", "--src-tls-verify=false", $"docker://{Address}/by/buildah:1", $"oci:{_scratch.File("layout")}:1"])).Succeeds();
        (await ChildProcess.RunAsync("skopeo", ["copy", "--dest-tls-verify=false", "--preserve-digests", $"oci:{_scratch.File("layout")}:1", $"docker://{Address}/by/skopeo:2"])).Succeeds();
        Assert.Equal(pushed, await Digest("by/skopeo:2"));
        (await ChildProcess.RunAsync("buildah", [.. storage, "pull", "--tls-verify=false", $"docker://{Address}/by/skopeo:2"])).Succeeds();
    }

    private async Task<string> Digest(string image) => (await ChildProcess.RunAsync(
        "skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{Address}/{image}"])).Succeeds().Text;
}
