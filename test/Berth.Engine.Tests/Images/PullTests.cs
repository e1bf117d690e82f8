using Berth.Api;
using Berth.Api.Images;
using Berth.Linux.Mounts;
using Berth.Oci;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Images;

public sealed class PullTests : IAsyncDisposable
{
    private readonly FakeRegistry _registry = new();
    private readonly ImageHost _host = new();

    private static byte[] BaseLayer { get; } = new LayerBuilder().Directory("bin/").File("bin/sh", TestImages.Noise(600_000, 1), "755").ToArray();
    private static byte[] TopLayer { get; } = new LayerBuilder().File("etc/motd", TestImages.Noise(300_000, 2)).ToArray();

    private string Name => $"{_registry.Domain}/team/app";

    public async ValueTask DisposeAsync()
    {
        _host.Dispose();
        await _registry.DisposeAsync();
    }

    [LinuxFact(Needs.Root)]
    public async Task A_pulled_image_is_found_by_name_and_by_every_ID_and_is_unpacked()
    {
        (Descriptor manifest, Digest config, _) = _registry.AddImage("1", [BaseLayer, TopLayer]);
        await _host.PullAsync(Name, "1");
        foreach (string name in (string[])[
            $"{Name}:1", $"{Name}@{manifest.Digest}", manifest.Digest.ToString(), manifest.Digest.Hex, manifest.Digest.Hex[..12], config.ToString(), config.Hex[..12]])
        {
            Assert.Equal(manifest.Digest, (await _host.Images.ResolveAsync(name, null, CancellationToken.None)).Id);
        }

        Engine.Images.ResolvedImage image = await _host.Images.ResolveAsync($"{Name}:1", null, CancellationToken.None);
        Assert.Equal(["/bin/sh"], image.Config.Config?.Cmd);
        Assert.All(image.ChainIds, c => Assert.True(_host.Snapshotter.HasLayer(c)));
    }

    [LinuxFact(Needs.Root)]
    public async Task Progress_is_told_in_dockerds_words()
    {
        (Descriptor manifest, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [BaseLayer, TopLayer]);
        List<JsonMessage> messages = await _host.PullAsync(Name, "1");
        Assert.Equal(("Pulling from team/app", "1"), (messages[0].Status, messages[0].Id));
        foreach (Descriptor layer in layers)
        {
            List<string> statuses = [.. messages.Where(m => m.Id == layer.Digest.Hex[..12]).Select(m => m.Status!).Distinct()];
            Assert.Equal(["Pulling fs layer", "Downloading", "Verifying Checksum", "Download complete", "Extracting", "Pull complete"], statuses);
        }

        Assert.Equal($"Digest: {manifest.Digest}", messages[^2].Status);
        Assert.Equal($"Status: Downloaded newer image for {Name}:1", messages[^1].Status);
    }

    [LinuxFact(Needs.Root)]
    public async Task Pulling_again_transfers_nothing()
    {
        _registry.AddImage("1", [BaseLayer]);
        await _host.PullAsync(Name, "1");
        int before = _registry.Count("/blobs/");
        List<JsonMessage> messages = await _host.PullAsync(Name, "1");
        Assert.Equal($"Status: Image is up to date for {Name}:1", messages[^1].Status);
        Assert.Equal(before, _registry.Count("/blobs/"));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_layer_that_is_here_is_not_transferred_again()
    {
        _registry.AddImage("1", [BaseLayer]);
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("2", [BaseLayer, TopLayer]);
        await _host.PullAsync(Name, "1");
        List<JsonMessage> messages = await _host.PullAsync(Name, "2");
        Assert.Equal("Already exists", Assert.Single(messages, m => m.Id == layers[0].Digest.Hex[..12]).Status);
        Assert.Equal(1, _registry.Count(layers[0].Digest.ToString()));
    }

    [LinuxFact(Needs.Root)]
    public async Task An_index_gives_the_image_of_this_machine_and_its_own_digest_as_ID()
    {
        (Descriptor foreign, _, _) = _registry.AddImage(null, [TopLayer], new Platform { Os = "linux", Architecture = "s390x" });
        (Descriptor own, _, _) = _registry.AddImage(null, [BaseLayer]);
        Descriptor index = _registry.AddIndex("multi",
            foreign with { Platform = new Platform { Os = "linux", Architecture = "s390x" } },
            own with { Platform = Platform.Host },
            own with { Platform = new Platform { Os = "unknown", Architecture = "unknown" } });
        await _host.PullAsync(Name, "multi");
        ImageInspect image = await _host.Images.InspectAsync($"{Name}:multi", null, manifests: true, CancellationToken.None);
        Assert.Equal(index.Digest.ToString(), image.Id);
        Assert.Equal(own.Digest.ToString(), Assert.Single(image.Manifests!).ID);
        Assert.Equal([$"{Name}@{index.Digest}"], image.RepoDigests);
        Assert.Equal(own.Digest, (await _host.Images.ResolveAsync(own.Digest.Hex, null, CancellationToken.None)).Manifest.Digest);

        await _host.PullAsync(Name, "multi", "linux/s390x");
        Assert.Equal(2, (await _host.Images.InspectAsync($"{Name}:multi", null, manifests: true, CancellationToken.None)).Manifests?.Count);
        Assert.Equal(foreign.Digest, (await _host.Images.ResolveAsync($"{Name}:multi", "linux/s390x", CancellationToken.None)).Manifest.Digest);
    }

    [LinuxFact(Needs.Root)]
    public async Task An_index_without_this_platform_is_refused()
    {
        (Descriptor own, _, _) = _registry.AddImage(null, [BaseLayer]);
        _registry.AddIndex("multi", own with { Platform = new Platform { Os = "linux", Architecture = "s390x" } });
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync(Name, "multi"));
        Assert.Equal((ErrorKind.NotFound, $"no matching manifest for {Platform.Host} in the manifest list entries"), (e.Kind, e.Message));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_cut_connection_is_taken_up_where_it_was_cut()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [BaseLayer]);
        byte[] blob = _registry.Blobs[layers[0].Digest];
        int cuts = 0;
        _registry.Intercept = async context =>
        {
            if (!context.Request.Url!.AbsolutePath.EndsWith(layers[0].Digest.ToString(), StringComparison.Ordinal) || cuts++ > 0)
            {
                return false;
            }

            await FakeRegistry.CutAsync(context.Response, blob, 200_000);
            return true;
        };
        await _host.PullAsync(Name, "1");
        Assert.Contains(_registry.Requests, r => r.Contains("bytes=", StringComparison.Ordinal));
        Assert.DoesNotContain(_host.ContentFiles(), f => f.StartsWith("ingest", StringComparison.Ordinal));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_cancelled_pull_leaves_only_what_the_next_one_goes_on_with()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [BaseLayer]);
        byte[] blob = _registry.Blobs[layers[0].Digest];
        using var cancellation = new CancellationTokenSource();
        _registry.Intercept = async context =>
        {
            if (!context.Request.Url!.AbsolutePath.EndsWith(layers[0].Digest.ToString(), StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.ContentLength64 = blob.Length;
            await context.Response.OutputStream.WriteAsync(blob.AsMemory(0, 300_000));
            await context.Response.OutputStream.FlushAsync();
            await WaitForPartialAsync(layers[0].Digest);
            await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, cancellation.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            context.Response.Abort();
            return true;
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _host.PullAsync(Name, "1", ct: cancellation.Token));
        Assert.Equal([$"ingest/{layers[0].Digest.Hex}.partial"], _host.ContentFiles());
        Assert.Empty(_host.Snapshotter.Layers());

        _registry.Intercept = null;
        _host.Reopen();
        await _host.PullAsync(Name, "1");
        Assert.Contains(_registry.Requests, r => r.Contains("bytes=", StringComparison.Ordinal));
        Assert.True(_host.Snapshotter.HasLayer(Digest.Of(BaseLayer)));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_registry_that_sends_something_else_is_found_out_and_nothing_stays()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [BaseLayer]);
        byte[] good = _registry.Blobs[layers[0].Digest];
        byte[] bad = [.. good];
        bad[^100] ^= 0xFF;
        _registry.Blobs[layers[0].Digest] = bad;
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync(Name, "1"));
        Assert.StartsWith($"filesystem layer verification failed for digest {layers[0].Digest}", e.Message, StringComparison.Ordinal);
        Assert.Empty(_host.ContentFiles());
        Assert.Empty(_host.Snapshotter.Layers());
        _registry.Blobs[layers[0].Digest] = good;
        await _host.PullAsync(Name, "1");
    }

    [LinuxFact(Needs.Root)]
    public async Task A_layer_that_is_not_the_one_of_the_config_is_refused()
    {
        byte[] compressed = TestImages.Gzip(TopLayer);
        byte[] config = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            TestImages.Config([Digest.Of(BaseLayer)], Platform.Host), OciJson.Default.ImageConfig);
        _registry.AddManifest(MediaTypes.OciManifest, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = MediaTypes.OciConfig, Digest = _registry.AddBlob(config), Size = config.Length },
            Layers = [new Descriptor { MediaType = MediaTypes.OciLayerGzip, Digest = _registry.AddBlob(compressed), Size = compressed.Length }],
        }, OciJson.Default.ImageManifest), "1");
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync(Name, "1"));
        Assert.Contains("wrong diff id", e.Message, StringComparison.Ordinal);
        Assert.Empty(_host.Snapshotter.Layers());
        Assert.Empty(_host.ContentFiles());
    }

    [LinuxFact(Needs.Root)]
    public async Task A_layer_that_is_no_archive_is_refused_and_nothing_stays()
    {
        _registry.AddImage("1", [[.. new byte[100], 1, .. new byte[1000]]]);
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync(Name, "1"));
        Assert.StartsWith("failed to register layer: ", e.Message, StringComparison.Ordinal);
        Assert.Empty(_host.ContentFiles());
        Assert.Empty(_host.Snapshotter.Layers());
    }

    [LinuxTheory(Needs.Root)]
    [InlineData(404, "MANIFEST_UNKNOWN", "manifest unknown", ErrorKind.NotFound, "manifest for {0}:1 not found: manifest unknown: manifest unknown")]
    [InlineData(403, "DENIED", "requested access to the resource is denied", ErrorKind.NotFound,
        "pull access denied for {0}, repository does not exist or may require 'docker login': denied: requested access to the resource is denied")]
    [InlineData(500, "UNKNOWN", "boom", ErrorKind.System, "unknown: boom")]
    public async Task A_refusal_is_told_in_dockerds_words(int status, string code, string message, ErrorKind kind, string sentence)
    {
        _registry.Intercept = async context =>
        {
            await FakeRegistry.RefuseAsync(context.Response, status, code, message);
            return true;
        };
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync(Name, "1"));
        Assert.Equal((kind, string.Format(System.Globalization.CultureInfo.InvariantCulture, sentence, Name)), (e.Kind, e.Message));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_registry_that_is_not_there_is_told_of()
    {
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync("127.0.0.1:1/x", "latest"));
        Assert.EndsWith("/v2/\": dial tcp 127.0.0.1:1: connect: connection refused", e.Message, StringComparison.Ordinal);
    }

    [LinuxTheory(Needs.Root)]
    [InlineData("team/UPPER")]
    [InlineData("a//b")]
    [InlineData("name:tag:tag")]
    public async Task What_is_no_name_is_refused(string name) =>
        Assert.Equal(ErrorKind.InvalidParameter, (await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync(name, null))).Kind);

    [LinuxFact(Needs.Root)]
    public async Task Two_pulls_of_one_image_share_each_transfer()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [BaseLayer, TopLayer]);
        var both = new TaskCompletionSource();
        int manifests = 0;
        _registry.Intercept = async context =>
        {
            if (context.Request.Url!.AbsolutePath.EndsWith("/manifests/1", StringComparison.Ordinal) && Interlocked.Increment(ref manifests) == 2)
            {
                both.SetResult();
            }

            if (context.Request.Url.AbsolutePath.Contains("/blobs/", StringComparison.Ordinal))
            {
                await both.Task.WaitAsync(TimeSpan.FromSeconds(20));
            }

            return false;
        };
        List<JsonMessage>[] messages = await Task.WhenAll(_host.PullAsync(Name, "1"), _host.PullAsync(Name, "1"));
        foreach (Descriptor layer in layers)
        {
            Assert.Equal(1, _registry.Count(layer.Digest.ToString()));
            Assert.All(messages, m => Assert.Contains(m, one => one.Id == layer.Digest.Hex[..12] && one.Status is "Pull complete" or "Already exists"));
        }
    }

    [LinuxFact(Needs.Root)]
    public async Task A_layer_that_an_image_has_twice_is_transferred_once()
    {
        (_, _, IReadOnlyList<Descriptor> layers) = _registry.AddImage("1", [TopLayer, TopLayer, BaseLayer, TopLayer]);
        await _host.PullAsync(Name, "1");
        Assert.Equal(1, _registry.Count(layers[0].Digest.ToString()));
        Assert.Equal(4, (await _host.Images.ResolveAsync($"{Name}:1", null, CancellationToken.None)).ChainIds.Count(_host.Snapshotter.HasLayer));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_full_disk_is_told_of_and_leaves_nothing()
    {
        using var scratch = new ScratchDirectory();
        string disk = Directory.CreateDirectory(scratch.File("disk")).FullName;
        MountCalls.Mount(new Mount("tmpfs", "tmpfs", ["size=1200k"]), disk);
        try
        {
            using var host = new ImageHost(dataRoot: disk);
            _registry.AddImage("1", [BaseLayer, TopLayer]);
            EngineException e = await Assert.ThrowsAsync<EngineException>(() => host.PullAsync(Name, "1"));
            Assert.Contains("no space left on device", e.Message, StringComparison.OrdinalIgnoreCase);
            Assert.Empty(host.Snapshotter.Layers());
            Assert.DoesNotContain(host.ContentFiles(), f => f.StartsWith("blobs", StringComparison.Ordinal));
            Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(host.Paths.Snapshots, "staging")));
        }
        finally
        {
            MountCalls.Unmount(disk, lazy: true);
        }
    }

    [LinuxFact(Needs.Root)]
    public async Task A_mirror_is_asked_first_and_another_after_it()
    {
        await using var empty = new FakeRegistry();
        using var host = new ImageHost(o => o with { RegistryMirrors = [new Uri($"http://{empty.Domain}"), new Uri($"http://{_registry.Domain}/")] });
        _registry.AddImage("15-alpine", [BaseLayer]);
        List<JsonMessage> messages = await host.PullAsync("postgres", "15-alpine");
        Assert.Equal("Status: Downloaded newer image for postgres:15-alpine", messages[^1].Status);
        Assert.Equal("Pulling from library/postgres", messages[0].Status);
        Assert.Equal(1, empty.Count("/v2/library/postgres/manifests/15-alpine"));
        Assert.Equal(["postgres:15-alpine"], (await host.Images.InspectAsync("postgres:15-alpine", null, false, CancellationToken.None)).RepoTags);
    }

    [LinuxFact(Needs.Root)]
    public async Task An_artifact_that_is_no_image_is_refused()
    {
        byte[] config = "{}"u8.ToArray();
        _registry.AddManifest(MediaTypes.OciManifest, System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(new ImageManifest
        {
            MediaType = MediaTypes.OciManifest,
            Config = new Descriptor { MediaType = "application/vnd.cncf.helm.config.v1+json", Digest = _registry.AddBlob(config), Size = 2 },
        }, OciJson.Default.ImageManifest), "chart");
        EngineException e = await Assert.ThrowsAsync<EngineException>(() => _host.PullAsync(Name, "chart"));
        Assert.Equal("Encountered remote \"application/vnd.cncf.helm.config.v1+json\"(unknown) when fetching", e.Message);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_tag_that_moves_leaves_the_old_image_without_a_tag()
    {
        (Descriptor old, _, _) = _registry.AddImage("1", [BaseLayer]);
        await _host.PullAsync(Name, "1");
        (Descriptor current, _, _) = _registry.AddImage("1", [TopLayer]);
        await _host.PullAsync(Name, "1");
        Assert.Equal(current.Digest, (await _host.Images.ResolveAsync($"{Name}:1", null, CancellationToken.None)).Id);
        ImageSummary left = Assert.Single(await _host.Images.ListAsync(false, false, false, Filters.Parse("""{"dangling":["true"]}"""), CancellationToken.None));
        Assert.Equal(old.Digest.ToString(), left.Id);
        Assert.Empty(left.RepoTags!);
    }

    [LinuxFact(Needs.Root)]
    public async Task An_image_is_here_after_a_restart()
    {
        (Descriptor manifest, _, _) = _registry.AddImage("1", [BaseLayer, TopLayer]);
        await _host.PullAsync(Name, "1");
        _host.Reopen();
        Engine.Images.ResolvedImage image = await _host.Images.ResolveAsync($"{Name}:1", null, CancellationToken.None);
        Assert.Equal(manifest.Digest, image.Id);
        Assert.All(image.ChainIds, c => Assert.True(_host.Snapshotter.HasLayer(c)));
    }

    [LinuxFact(Needs.Root)]
    public async Task All_tags_are_pulled_where_none_is_named()
    {
        _registry.AddImage("1", [BaseLayer]);
        _registry.AddImage("2", [TopLayer]);
        _registry.Intercept = async context =>
        {
            if (!context.Request.Url!.AbsolutePath.EndsWith("/tags/list", StringComparison.Ordinal))
            {
                return false;
            }

            context.Response.ContentType = "application/json";
            await FakeRegistry.SendAsync(context.Response, """{"name":"team/app","tags":["1","2"]}"""u8.ToArray(), "GET");
            return true;
        };
        await _host.PullAsync(Name, null);
        Assert.Equal(2, (await _host.Images.ListAsync(false, false, false, Filters.None, CancellationToken.None)).Count);
    }

    private async Task WaitForPartialAsync(Digest digest)
    {
        string partial = Path.Combine(_host.Paths.Content, "ingest", digest.Hex + ".partial");
        for (int i = 0; i < 500 && (!File.Exists(partial) || new FileInfo(partial).Length == 0); i++)
        {
            await Task.Delay(10);
        }
    }
}
