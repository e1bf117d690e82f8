using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Berth.Oci;
using Berth.Oci.Distribution;
using Berth.TestHost;

namespace Berth.Registry.Tests;

/// <summary>The guarantee of docs/adr/0004-registry-on-disk.md: what was acknowledged is there, whole, after any death of the process.</summary>
public sealed class CrashTests : IDisposable
{
    private const int Rounds = 20;
    private const int Pushers = 4;

    private readonly ScratchDirectory _scratch = new();
    private readonly SemaphoreSlim _acknowledged = new(0);
    private readonly List<(string Repository, Digest Digest)> _blobs = [];
    private readonly List<(string Repository, string Tag, Digest Digest)> _manifests = [];

    private string Root => _scratch.File("registry");

    public void Dispose()
    {
        _acknowledged.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task Every_acknowledged_push_survives_a_kill_at_any_moment()
    {
        using var connector = new RegistryConnector(TimeProvider.System);
        for (int round = 0; round < Rounds; round++)
        {
            while (_acknowledged.Wait(0))
            {
            }

            (Process process, Uri address) = await StartAsync();
            await VerifyAsync(connector, address);
            await VerifyUploadsAsync(address);
            using var killed = new CancellationTokenSource();
            Task[] pushes = [.. Enumerable.Range(0, Pushers).Select(pusher => PushUntilDeadAsync(address, pusher, killed.Token))];
            // Somewhere in the middle of whatever the pushers do after this many acknowledgements.
            await AcknowledgedAsync(Random.Shared.Next(1, 6)).WaitAsync(TimeSpan.FromMinutes(1));
            await Task.Delay(Random.Shared.Next(0, 40));
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            await killed.CancelAsync();
            await Task.WhenAll(pushes);
        }

        Assert.NotEmpty(_blobs);
        Assert.NotEmpty(_manifests);
        await using RegistryApp registry = await RegistryApp.StartAsync(
            new RegistryOptions { Address = new IPEndPoint(IPAddress.Loopback, 0), Root = Root, UploadLife = TimeSpan.Zero, BlobGrace = TimeSpan.Zero },
            CancellationToken.None);
        await VerifyAsync(connector, registry.Address);
        await AssertNothingIsLeftOverAsync(registry, connector);
    }

    private async Task VerifyAsync(RegistryConnector connector, Uri address)
    {
        foreach ((string repository, Digest digest) in _blobs)
        {
            using RegistryClient client = await connector.ConnectAsync(address.Authority, repository, null, insecure: false, CancellationToken.None);
            await using Stream blob = await client.OpenBlobAsync(new Descriptor { Digest = digest, Size = int.MaxValue }, 0, CancellationToken.None);
            Assert.Equal(digest, Digest.FromSha256(await SHA256.HashDataAsync(blob)));
        }

        foreach ((string repository, string tag, Digest digest) in _manifests)
        {
            using RegistryClient client = await connector.ConnectAsync(address.Authority, repository, null, insecure: false, CancellationToken.None);
            Assert.Equal(digest, (await client.GetManifestAsync(tag, CancellationToken.None)).Descriptor.Digest);
            Assert.Equal(digest, (await client.GetManifestAsync(digest.ToString(), CancellationToken.None)).Descriptor.Digest);
        }

        // A tag was either never moved or moved whole: whatever it says can be read.
        foreach (string repository in _manifests.Select(manifest => manifest.Repository).Distinct())
        {
            using RegistryClient client = await connector.ConnectAsync(address.Authority, repository, null, insecure: false, CancellationToken.None);
            await client.GetManifestAsync("latest", CancellationToken.None);
        }
    }

    /// <summary>
    /// What a killed registry was writing and had not named is gone; an upload that was under way is there for whoever wants to go on with it,
    /// with all its bytes, and is gone when it is cancelled. Each pusher has one at most.
    /// </summary>
    private async Task VerifyUploadsAsync(Uri address)
    {
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Root, "staging")));
        string[] uploads = Directory.GetFiles(Path.Combine(Root, "uploads"));
        Assert.InRange(uploads.Length, 0, Pushers);
        using var http = new HttpClient { BaseAddress = address };
        foreach (string upload in uploads)
        {
            long length = new FileInfo(upload).Length;
            int owners = 0;
            foreach (int pusher in Enumerable.Range(0, Pushers))
            {
                string location = $"/v2/r{pusher}/blobs/uploads/{Path.GetFileName(upload).Split('.')[0]}";
                using HttpResponseMessage status = await http.GetAsync(location);
                if (status.StatusCode == HttpStatusCode.NoContent)
                {
                    owners++;
                    Assert.Equal($"0-{Math.Max(length - 1, 0)}", Assert.Single(status.Headers.GetValues("Range")));
                    using HttpResponseMessage cancelled = await http.DeleteAsync(location);
                    Assert.Equal(HttpStatusCode.NoContent, cancelled.StatusCode);
                }
                else
                {
                    Assert.Equal(HttpStatusCode.NotFound, status.StatusCode);
                }
            }

            Assert.Equal(1, owners);
        }

        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Root, "uploads")));
    }

    private async Task AssertNothingIsLeftOverAsync(RegistryApp registry, RegistryConnector connector)
    {
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Root, "staging")));
        await Task.Run(() => registry.Storage.Collect(CancellationToken.None));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Root, "uploads")));

        HashSet<Digest> named = [];
        foreach (string repository in Enumerable.Range(0, Pushers).Select(pusher => $"r{pusher}").Where(HasManifests))
        {
            using RegistryClient client = await connector.ConnectAsync(registry.Address.Authority, repository, null, insecure: false, CancellationToken.None);
            await foreach (string tag in client.ListTagsAsync(CancellationToken.None))
            {
                (_, byte[] content) = await client.GetManifestAsync(tag, CancellationToken.None);
                var manifest = System.Text.Json.JsonSerializer.Deserialize(content, OciJson.Default.ImageManifest)!;
                named.Add(manifest.Config!.Digest);
                named.UnionWith(manifest.Layers.Select(layer => layer.Digest));
            }

            foreach (string untagged in Directory.EnumerateFiles(Path.Combine(Root, "repositories", repository, "manifests")))
            {
                byte[] file = await File.ReadAllBytesAsync(untagged);
                byte[] content = file[(Array.IndexOf(file, (byte)'\n') + 1)..];
                var manifest = System.Text.Json.JsonSerializer.Deserialize(content, OciJson.Default.ImageManifest)!;
                named.Add(manifest.Config!.Digest);
                named.UnionWith(manifest.Layers.Select(layer => layer.Digest));
            }
        }

        HashSet<string> pool = [.. Directory.EnumerateFiles(Path.Combine(Root, "blobs"), "*", SearchOption.AllDirectories).Select(file => Path.GetFileName(file))];
        Assert.Equal(named.Select(digest => digest.Hex).ToHashSet(), pool);
    }

    private bool HasManifests(string repository) => Directory.Exists(Path.Combine(Root, "repositories", repository, "manifests"));

    private async Task AcknowledgedAsync(int more)
    {
        for (int i = 0; i < more; i++)
        {
            await _acknowledged.WaitAsync();
        }
    }

    /// <summary>Pushes images as fast as it can, and remembers each push that was acknowledged.</summary>
    private async Task PushUntilDeadAsync(Uri address, int pusher, CancellationToken killed)
    {
        string repository = $"r{pusher}";
        using var connector = new RegistryConnector(TimeProvider.System);
        try
        {
            using RegistryClient client = await connector.ConnectAsync(address.Authority, repository, null, insecure: false, killed);
            for (int i = 0; !killed.IsCancellationRequested; i++)
            {
                SampleImage image = SampleImage.Create(Random.Shared.Next(10, 300_000));
                foreach (byte[] blob in (byte[][])[image.Config, image.Layer])
                {
                    await client.PushBlobAsync(Digest.Of(blob), blob.Length, () => new MemoryStream(blob), null, killed);
                }

                string tag = Guid.NewGuid().ToString("N");
                foreach (string reference in (string[])[tag, "latest"])
                {
                    await client.PutManifestAsync(reference, MediaTypes.OciManifest, image.Manifest, killed);
                }

                lock (_blobs)
                {
                    _blobs.Add((repository, image.ConfigDigest));
                    _blobs.Add((repository, image.LayerDigest));
                    _manifests.Add((repository, tag, image.Digest));
                }

                _acknowledged.Release();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            // Killed in between: not acknowledged, not promised.
        }
    }

    private async Task<(Process Process, Uri Address)> StartAsync()
    {
        Process process = ChildProcess.Start(
            Path.Combine(AppContext.BaseDirectory, "berth-registry"), ["serve", "--addr", "127.0.0.1:0", "--root", Root]);
        string? line = await process.StandardOutput.ReadLineAsync();
        if (line?.StartsWith("listening on ", StringComparison.Ordinal) != true)
        {
            throw new InvalidOperationException($"berth-registry did not start: {line} {await process.StandardError.ReadToEndAsync()}");
        }

        _ = process.StandardOutput.ReadToEndAsync();
        _ = process.StandardError.ReadToEndAsync();
        return (process, new Uri(line["listening on ".Length..]));
    }
}
