using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Berth.Oci;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.EndToEnd.BadInput;

/// <summary>A registry that answers what it should not: a sentence, exit code 1, nothing left behind, and a daemon that goes on.</summary>
public sealed class HostileRegistryTests(HostileRegistryTests.Fixture fixture) : IClassFixture<HostileRegistryTests.Fixture>, IAsyncLifetime
{
    private const Needs Required = DockerFixture.Required;

    private readonly FakeRegistry _registry = new();

    private string Image => $"{_registry.Domain}/team/app:1";

    private DaemonProcess Daemon => fixture.Daemon;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _registry.DisposeAsync();

    [LinuxTheory(Required)]
    [InlineData("<html>It works!</html>")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\":2,\"config\":{\"digest\":\"../../etc/passwd\"},\"layers\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"config\":7,\"layers\":\"x\"}")]
    public async Task Manifest_that_is_none(string content)
    {
        _registry.AddManifest(MediaTypes.OciManifest, Encoding.UTF8.GetBytes(content), "1");
        await IsRefusedAsync("manifest");
    }

    [LinuxFact(Required)]
    public async Task Manifest_that_is_not_the_one_of_the_digest()
    {
        (Descriptor manifest, _, _) = _registry.AddImage("1", [Layer()]);
        Descriptor other = _registry.AddImage(null, [Layer("other")]).Manifest;
        _registry.Manifests[manifest.Digest.ToString()] = _registry.Manifests[other.Digest.ToString()];
        await IsRefusedAsync($"manifest verification failed for digest {manifest.Digest}", $"{_registry.Domain}/team/app@{manifest.Digest}");
    }

    [LinuxFact(Required)]
    public async Task Manifest_without_end_costs_no_memory()
    {
        long before = ResidentBytes();
        _registry.Intercept = async context =>
        {
            if (!context.Request.Url!.AbsolutePath.Contains("/manifests/", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.ContentType = MediaTypes.OciManifest;
            context.Response.SendChunked = true;
            byte[] spaces = new byte[1 << 20];
            Array.Fill(spaces, (byte)' ');
            while (true)
            {
                await context.Response.OutputStream.WriteAsync(spaces);
            }
        };
        await IsRefusedAsync("answer of more than");
        Assert.True(ResidentBytes() - before < 100 << 20, $"{before} bytes before, {ResidentBytes()} after");
    }

    [LinuxFact(Required)]
    public async Task Layer_of_other_bytes()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [Layer()]);
        byte[] bytes = _registry.Blobs[layers[0].Digest];
        bytes[^5] ^= 1;
        await IsRefusedAsync($"filesystem layer verification failed for digest {layers[0].Digest}");
    }

    [LinuxFact(Required)]
    public async Task Layer_that_ends_early()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [Layer()]);
        byte[] whole = _registry.Blobs[layers[0].Digest];
        _registry.Blobs[layers[0].Digest] = whole[..100];
        await IsRefusedAsync("unexpected EOF", keepsBeginning: true);

        // What came is gone on with, once there is more.
        _registry.Blobs[layers[0].Digest] = whole;
        int before = _registry.Requests.Count;
        (await Daemon.DockerAsync("pull", "-q", Image)).Succeeds();
        Assert.Single(_registry.Requests.Skip(before), request => request.EndsWith($"{layers[0].Digest} bytes=100-", StringComparison.Ordinal));
        (await Daemon.DockerAsync("rmi", Image)).Succeeds();
    }

    [LinuxFact(Required)]
    public async Task Layer_that_goes_on_after_its_size()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [Layer()]);
        _registry.Blobs[layers[0].Digest] = [.. _registry.Blobs[layers[0].Digest], .. new byte[10_000_000]];
        await IsRefusedAsync($"answer of more than {layers[0].Size} bytes");
    }

    [LinuxFact(Required)]
    public async Task Layer_that_unpacks_to_other_bytes_than_the_config_says()
    {
        // A hundred megabytes in a hundred kilobytes, which no config knows.
        byte[] bomb = new LayerBuilder().File("zeros", new string('0', 100_000_000)).ToArray();
        (Descriptor blob, _) = AddLayer(bomb);
        AddImage([blob], [Digest.Of("something else"u8)]);
        await IsRefusedAsync($"failed to register layer: wrong diff id calculated on extraction \"{Digest.Of(bomb)}\", expected \"{Digest.Of("something else"u8)}\"");
    }

    [LinuxTheory(Required)]
    [InlineData(0)]
    [InlineData(2)]
    public async Task Config_that_counts_other_layers(int diffIds)
    {
        (Descriptor blob, Digest diffId) = AddLayer(Layer());
        AddImage([blob], [.. Enumerable.Repeat(diffId, diffIds)]);
        await IsRefusedAsync("layers from manifest don't match image configuration");
    }

    [LinuxFact(Required)]
    public async Task Layer_with_a_name_that_leads_out()
    {
        _registry.AddImage("1", [new LayerBuilder().File("../../../../../../../../etc/berth-escaped", "x").ToArray()]);
        await IsRefusedAsync("is outside of \"/\"");
        Assert.False(File.Exists("/etc/berth-escaped"));
    }

    [LinuxFact(Required)]
    public async Task Layer_that_writes_through_a_link_to_the_host()
    {
        using var outside = new ScratchDirectory();
        _registry.AddImage("1", [new LayerBuilder().SymbolicLink("door", outside.Path).File("door/escaped", "x").ToArray()]);
        await IsRefusedAsync("failed to register layer");
        Assert.Empty(Directory.GetFileSystemEntries(outside.Path));
    }

    [LinuxFact(Required)]
    public async Task Upper_layer_that_writes_through_a_link_of_the_lower_to_the_host()
    {
        using var outside = new ScratchDirectory();
        _registry.AddImage("1", [new LayerBuilder().SymbolicLink("door", outside.Path).ToArray(), new LayerBuilder().File("door/escaped", "x").ToArray()]);
        (await Daemon.DockerAsync("pull", "-q", Image)).Succeeds();
        Assert.Empty(Directory.GetFileSystemEntries(outside.Path));
        (await Daemon.DockerAsync("rmi", Image)).Succeeds();
    }

    [LinuxFact(Required)]
    public async Task Layer_with_a_hard_link_to_the_host()
    {
        _registry.AddImage("1", [new LayerBuilder().HardLink("passwd", "../../../../../../../../etc/passwd").ToArray()]);
        await IsRefusedAsync("failed to register layer");
    }

    [LinuxFact(Required)]
    public async Task Layer_that_is_no_archive()
    {
        (Descriptor blob, Digest diffId) = AddLayer(Encoding.ASCII.GetBytes(new string('x', 5000)));
        AddImage([blob], [diffId]);
        await IsRefusedAsync("failed to register layer");
    }

    [LinuxTheory(Required)]
    [InlineData("file:///etc/passwd", "unsupported protocol scheme \"file\"")]
    [InlineData("ftp://127.0.0.1/layer", "unsupported protocol scheme \"ftp\"")]
    [InlineData("http://[", "redirects to no address")]
    public async Task Redirect_to_what_is_no_registry(string location, string sentence)
    {
        _registry.AddImage("1", [Layer()]);
        RedirectBlobs(_ => location);
        await IsRefusedAsync(sentence);
    }

    [LinuxFact(Required)]
    public async Task Redirect_without_end()
    {
        _registry.AddImage("1", [Layer()]);
        RedirectBlobs(path => path);
        await IsRefusedAsync("stopped after 10 redirects");
    }

    [LinuxFact(Required)]
    public async Task Redirect_to_another_host_takes_no_password_along()
    {
        await using var storage = new FakeRegistry();
        var told = new List<string>();
        storage.Intercept = context =>
        {
            told.Add($"{context.Request.Headers["Authorization"]}{context.Request.Headers["Cookie"]}");
            return Task.FromResult(false);
        };
        _registry.AddImage("1", [Layer()]);
        foreach ((Digest digest, byte[] content) in _registry.Blobs)
        {
            storage.Blobs[digest] = content;
        }

        string secret = Convert.ToBase64String("somebody:secret"u8);
        bool isAsked = false;
        _registry.Intercept = async context =>
        {
            if (context.Request.Headers["Authorization"] != $"Basic {secret}")
            {
                context.Response.Headers["WWW-Authenticate"] = "Basic realm=\"here\"";
                await FakeRegistry.RefuseAsync(context.Response, 401, "UNAUTHORIZED", "authentication required");
                return true;
            }

            isAsked = true;
            return Redirect(context, path => $"http://{storage.Domain}{path}");
        };
        (await PullLoggedInAsync(secret)).Succeeds();
        Assert.True(isAsked);
        Assert.NotEmpty(told);
        Assert.All(told, Assert.Empty);
        (await Daemon.DockerAsync("rmi", Image)).Succeeds();
    }

    [LinuxFact(Required)]
    public async Task Token_server_of_a_stranger_is_told_no_password()
    {
        await using var stranger = new FakeRegistry();
        string? told = null;
        stranger.Intercept = context =>
        {
            told = context.Request.Headers["Authorization"];
            return Task.FromResult(false);
        };
        _registry.Intercept = async context =>
        {
            context.Response.Headers["WWW-Authenticate"] = $"Bearer realm=\"http://localhost:{stranger.Port}/token\",service=\"x\"";
            await FakeRegistry.RefuseAsync(context.Response, 401, "UNAUTHORIZED", "authentication required");
            return true;
        };
        Assert.Equal(1, (await PullLoggedInAsync(Convert.ToBase64String("somebody:secret"u8))).ExitCode);
        Assert.Null(told);
    }

    [LinuxFact(Required)]
    public async Task Refusal_with_escape_sequences_does_not_reach_the_terminal()
    {
        _registry.Intercept = async context =>
        {
            await FakeRegistry.RefuseAsync(context.Response, 404, "MANIFEST_UNKNOWN", "\\u001b]0;owned\\u0007");
            return true;
        };
        CommandResult pull = await IsRefusedAsync("not found");
        Assert.DoesNotContain('\u001b', pull.Error);
    }

    [LinuxFact(Required)]
    public async Task Registry_that_never_answers_is_left_when_the_client_goes()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        using Process client = ChildProcess.Start(
            DockerProgram.Path, ["pull", $"127.0.0.1:{((IPEndPoint)silent.LocalEndpoint).Port}/team/app:1"], Daemon.ClientEnvironment());
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        using TcpClient connection = await silent.AcceptTcpClientAsync(limit.Token);
        (await ChildProcess.RunAsync("kill", ["-INT", $"{client.Id}"])).Succeeds();
        await client.WaitForExitAsync(limit.Token);

        // The daemon hangs up, and does not try again.
        await connection.GetStream().CopyToAsync(Stream.Null, limit.Token);
        await Task.Delay(500, limit.Token);
        Assert.False(silent.Pending());
        await NothingIsLeftAsync(keepsBeginning: false);
    }

    private static byte[] Layer(string content = "hello") => new LayerBuilder().File("greeting", content + TestImages.Noise(2000, 1)).ToArray();

    private async Task<CommandResult> PullLoggedInAsync(string secret)
    {
        using var config = new ScratchDirectory();
        string logins = $$"""{"auths": {"{{_registry.Domain}}": {"auth": "{{secret}}"} } }""";
        await File.WriteAllTextAsync(config.File("config.json"), logins, TestContext.Current.CancellationToken);
        return await ChildProcess.RunAsync(DockerProgram.Path, ["--config", config.Path, "pull", "-q", Image], Daemon.ClientEnvironment());
    }

    /// <summary>Pulls; it must fail with the sentence, leave nothing, and not keep the next one from working.</summary>
    private async Task<CommandResult> IsRefusedAsync(string sentence, string? image = null, bool keepsBeginning = false)
    {
        CommandResult pull = await Daemon.DockerAsync("pull", image ?? Image);
        Assert.Equal(1, pull.ExitCode);
        Assert.NotEmpty(pull.Error.Trim());
        Assert.Contains(sentence, pull.Error, StringComparison.OrdinalIgnoreCase);
        await NothingIsLeftAsync(keepsBeginning);

        await using var honest = new FakeRegistry();
        honest.AddImage("1", [Layer("honest")]);
        (await Daemon.DockerAsync("pull", "-q", $"{honest.Domain}/team/app:1")).Succeeds();
        (await Daemon.DockerAsync("rmi", $"{honest.Domain}/team/app:1")).Succeeds();
        return pull;
    }

    private async Task NothingIsLeftAsync(bool keepsBeginning)
    {
        Assert.Equal("", (await Daemon.DockerAsync("images", "-aq")).Succeeds().Text);
        string[] left = [];
        for (int i = 0; i < 50; i++)
        {
            left = [.. Left("content", SearchOption.AllDirectories).Where(file => !keepsBeginning || !file.EndsWith(".partial", StringComparison.Ordinal)),
                .. Left("snapshots/staging", SearchOption.TopDirectoryOnly), .. Left("snapshots/layers", SearchOption.AllDirectories), .. Daemon.Mounts()];
            if (left.Length == 0)
            {
                return;
            }

            await Task.Delay(100);
        }

        Assert.Empty(left);
    }

    private string[] Left(string directory, SearchOption depth) => depth == SearchOption.TopDirectoryOnly
        ? Directory.GetFileSystemEntries(Path.Combine(Daemon.DataRoot, directory), "*", depth)
        : Directory.GetFiles(Path.Combine(Daemon.DataRoot, directory), "*", depth);

    private long ResidentBytes()
    {
        using var process = Process.GetProcessById(Daemon.ProcessId);
        return process.WorkingSet64;
    }

    private void RedirectBlobs(Func<string, string> target) => _registry.Intercept = context => Task.FromResult(Redirect(context, target));

    private static bool Redirect(HttpListenerContext context, Func<string, string> target)
    {
        string path = context.Request.Url!.AbsolutePath;
        if (!path.Contains("/blobs/", StringComparison.Ordinal))
        {
            return false;
        }

        context.Response.StatusCode = 307;
        context.Response.Headers["Location"] = target(path);
        context.Response.Close();
        return true;
    }

    private (Descriptor Blob, Digest DiffId) AddLayer(byte[] tar)
    {
        byte[] blob = TestImages.Gzip(tar);
        return (new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = _registry.AddBlob(blob), Size = blob.Length }, Digest.Of(tar));
    }

    private void AddImage(IReadOnlyList<Descriptor> layers, IReadOnlyList<Digest> diffIds)
    {
        byte[] config = JsonSerializer.SerializeToUtf8Bytes(TestImages.Config(diffIds, Platform.Host), OciJson.Default.ImageConfig);
        _registry.AddManifest(MediaTypes.OciManifest, JsonSerializer.SerializeToUtf8Bytes(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = _registry.AddBlob(config), Size = config.Length },
            Layers = layers,
        }, OciJson.Default.ImageManifest), "1");
    }

    /// <summary>One daemon for all of them: that it goes on is part of what is tested.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private DaemonProcess? _daemon;

        public DaemonProcess Daemon => _daemon ?? throw new InvalidOperationException("the daemon was not started");

        public async ValueTask InitializeAsync()
        {
            if (Machine.WhyNot(Required) is null)
            {
                _daemon = await DaemonProcess.StartNewAsync("--max-download-attempts", "1");
            }
        }

        public async ValueTask DisposeAsync()
        {
            if (_daemon is not null)
            {
                await _daemon.DisposeAsync();
            }
        }
    }
}
