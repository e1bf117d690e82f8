using System.Security.Cryptography;
using Berth.Oci;
using Berth.Oci.Distribution;

namespace Berth.Registry.Tests.Clients;

/// <summary>Our own client against our own registry, over a real connection.</summary>
public sealed class RegistryClientTests : IAsyncLifetime
{
    private readonly RegistryConnector _connector = new(TimeProvider.System);
    private RegistryUnderTest _registry = null!;

    public async ValueTask InitializeAsync() => _registry = await RegistryUnderTest.StartAsync();

    public async ValueTask DisposeAsync()
    {
        _connector.Dispose();
        await _registry.DisposeAsync();
    }

    [Fact]
    public async Task An_image_goes_there_and_comes_back()
    {
        using RegistryClient client = await ConnectAsync("team/app");
        SampleImage image = SampleImage.Create(2_000_000);
        await client.PingAsync(CancellationToken.None);
        var progress = new List<long>();
        await PushAsync(client, image.Config);
        await client.PushBlobAsync(
            image.LayerDigest, image.Layer.Length, () => new MemoryStream(image.Layer), new SynchronousProgress(progress.Add), CancellationToken.None);
        Assert.Equal(image.Layer.Length, progress[^1]);
        Assert.Equal(progress.Order(), progress);
        Assert.Equal(image.Digest, await client.PutManifestAsync("1.0", MediaTypes.OciManifest, image.Manifest, CancellationToken.None));

        (Descriptor descriptor, byte[] content) = await client.GetManifestAsync("1.0", CancellationToken.None);
        Assert.Equal(image.Manifest, content);
        Assert.Equal(image.Digest, descriptor.Digest);
        Assert.Equal(MediaTypes.OciManifest, descriptor.MediaType);
        Assert.Equal(descriptor, await client.HeadManifestAsync(image.Digest.ToString(), CancellationToken.None));
        Assert.True(await client.BlobExistsAsync(image.LayerDigest, CancellationToken.None));

        var layer = new Descriptor { Digest = image.LayerDigest, Size = image.Layer.Length };
        await using Stream whole = await client.OpenBlobAsync(layer, 0, CancellationToken.None);
        Assert.Equal(image.LayerDigest, Digest.FromSha256(await SHA256.HashDataAsync(whole)));
    }

    [Fact]
    public async Task A_blob_is_read_on_from_where_it_broke_off()
    {
        byte[] content = RandomNumberGenerator.GetBytes(1_000_000);
        await _registry.PushBlobAsync("a", content);
        using RegistryClient client = await ConnectAsync("a");

        await using Stream rest = await client.OpenBlobAsync(new Descriptor { Digest = Digest.Of(content), Size = content.Length }, 999_990, CancellationToken.None);
        using var read = new MemoryStream();
        await rest.CopyToAsync(read);

        Assert.Equal(content[999_990..], read.ToArray());
    }

    [Fact]
    public async Task A_blob_is_mounted_or_not()
    {
        byte[] content = RandomNumberGenerator.GetBytes(100);
        await _registry.PushBlobAsync("from", content);
        using RegistryClient client = await ConnectAsync("to");

        Assert.True(await client.MountBlobAsync(Digest.Of(content), "from", CancellationToken.None));
        Assert.False(await client.MountBlobAsync(Digest.Of("missing"u8), "from", CancellationToken.None));
        Assert.True(await client.BlobExistsAsync(Digest.Of(content), CancellationToken.None));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(_registry.Root, "uploads")));
    }

    [Fact]
    public async Task Tags_are_listed_and_removed()
    {
        SampleImage image = SampleImage.Create();
        foreach (string tag in (string[])["b", "a", "c"])
        {
            await _registry.PushAsync("a", image, tag);
        }

        using RegistryClient client = await ConnectAsync("a");
        await client.DeleteManifestAsync("b", CancellationToken.None);
        Assert.Equal(["a", "c"], await client.ListTagsAsync(CancellationToken.None).ToListAsync());
    }

    [Fact]
    public async Task What_is_not_there_is_said_in_dockers_words()
    {
        using RegistryClient client = await ConnectAsync("library/none");
        Assert.Null(await client.HeadManifestAsync("t", CancellationToken.None));
        Assert.False(await client.BlobExistsAsync(Digest.Of("x"u8), CancellationToken.None));

        RegistryException refusal = await Assert.ThrowsAsync<RegistryException>(() => client.GetManifestAsync("t", CancellationToken.None));
        Assert.True(refusal.IsNotFound);
        Assert.Equal("manifest unknown: manifest unknown", refusal.Message);
        Assert.Equal(
            "manifest for none:t not found: manifest unknown: manifest unknown", refusal.PullSentence(ImageReference.Parse("none:t")));
    }

    [Fact]
    public async Task A_source_of_another_length_than_announced_is_an_error_and_nothing_is_stored()
    {
        using RegistryClient client = await ConnectAsync("a");
        byte[] content = RandomNumberGenerator.GetBytes(1000);

        await Assert.ThrowsAnyAsync<Exception>(
            () => client.PushBlobAsync(Digest.Of(content), 1000, () => new MemoryStream(content, 0, 500), null, CancellationToken.None));
        await Assert.ThrowsAnyAsync<Exception>(
            () => client.PushBlobAsync(Digest.Of(content), 500, () => new MemoryStream(content), null, CancellationToken.None));

        Assert.False(await client.BlobExistsAsync(Digest.Of(content), CancellationToken.None));
    }

    private Task<RegistryClient> ConnectAsync(string repository) =>
        _connector.ConnectAsync(_registry.Authority, repository, credentials: null, insecure: false, CancellationToken.None);

    private static Task PushAsync(RegistryClient client, byte[] content) =>
        client.PushBlobAsync(Digest.Of(content), content.Length, () => new MemoryStream(content), null, CancellationToken.None);

    private sealed class SynchronousProgress(Action<long> report) : IProgress<long>
    {
        public void Report(long value) => report(value);
    }
}
