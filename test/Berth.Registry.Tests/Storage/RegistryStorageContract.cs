using System.IO.Pipelines;
using System.Text;
using Berth.Oci;
using Berth.Registry.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Registry.Tests.Storage;

/// <summary>What every storage promises to the endpoints.</summary>
public abstract partial class RegistryStorageContract : IDisposable
{
    private IRegistryStorage? _storage;
    private bool _isOpen;
    private object? _opening;

    internal FakeTimeProvider Time { get; } = new(DateTimeOffset.UtcNow);

    internal RegistryOptions Options { get; } = new();

    internal IRegistryStorage Storage => LazyInitializer.EnsureInitialized(ref _storage, ref _isOpen, ref _opening, Open)!;

    internal abstract IRegistryStorage Open();

    public virtual void Dispose()
    {
        _storage?.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected void Reopen()
    {
        Storage.Dispose();
        _storage = Open();
    }

    private protected async Task<Digest> AddBlobAsync(string repository, byte[] content)
    {
        Upload upload = Storage.BeginUpload(repository, "sha256");
        await WriteAsync(upload, content);
        upload.Commit(Digest.Of(content));
        return Digest.Of(content);
    }

    private protected async Task<SampleImage> PutAsync(string repository, SampleImage image, params string[] tags)
    {
        await AddBlobAsync(repository, image.Config);
        await AddBlobAsync(repository, image.Layer);
        Storage.PutManifest(
            repository, new StoredManifest(image.Digest, MediaTypes.OciManifest, image.Manifest), ManifestContent.Parse(image.Manifest, null), tags);
        return image;
    }

    private protected string? ReadAll(string repository, Digest digest)
    {
        using BlobReader? reader = Storage.OpenBlob(repository, digest);
        if (reader is null)
        {
            return null;
        }

        byte[] buffer = new byte[reader.Size];
        Assert.Equal(buffer.Length, buffer.Length == 0 ? 0 : reader.Read(0, buffer));
        return Encoding.UTF8.GetString(buffer);
    }

    private protected static Task<long> WriteAsync(Upload upload, byte[] content) =>
        upload.AppendAsync(PipeReader.Create(new MemoryStream(content)), CancellationToken.None);
}
