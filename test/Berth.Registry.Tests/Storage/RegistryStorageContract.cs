using System.IO.Pipelines;
using System.Text;
using Berth.Oci;
using Berth.Registry.Storage;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Registry.Tests.Storage;

/// <summary>What every storage promises to the endpoints.</summary>
public abstract class RegistryStorageContract : IDisposable
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

    [Fact]
    public async Task A_committed_upload_is_a_blob_of_its_repository_alone()
    {
        Digest digest = await AddBlobAsync("a/b", "hello"u8.ToArray());

        Assert.Equal(5, Storage.SizeOfBlob("a/b", digest));
        Assert.Equal("hello", ReadAll("a/b", digest));
        Assert.Null(Storage.SizeOfBlob("a", digest));
        Assert.Null(Storage.OpenBlob("a/c", digest));
    }

    [Fact]
    public async Task An_empty_blob_is_a_blob()
    {
        Digest digest = await AddBlobAsync("a", []);

        Assert.Equal(0, Storage.SizeOfBlob("a", digest));
        Assert.Equal("", ReadAll("a", digest));
    }

    [Fact]
    public async Task A_sha512_blob_is_found_by_its_own_digest_only()
    {
        byte[] content = "512"u8.ToArray();
        var digest = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData(content));
        Upload upload = Storage.BeginUpload("a", "sha512");
        await WriteAsync(upload, content);
        upload.Commit(digest);

        Assert.Equal("512", ReadAll("a", digest));
        Assert.Null(Storage.OpenBlob("a", Digest.Of(content)));
    }

    [Fact]
    public async Task An_upload_begun_for_one_algorithm_can_be_committed_by_the_other()
    {
        byte[] content = "either"u8.ToArray();
        var digest = Digest.FromSha512(System.Security.Cryptography.SHA512.HashData(content));
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, content);
        upload.Commit(digest);

        Assert.Equal("either", ReadAll("a", digest));
    }

    [Fact]
    public async Task Content_of_another_digest_is_refused_and_leaves_nothing()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, "other"u8.ToArray());

        RegistryFailure failure = Assert.Throws<RegistryFailure>(() => upload.Commit(Digest.Of("wanted"u8)));

        Assert.Equal("DIGEST_INVALID", failure.Fault.Code);
        Assert.Null(Storage.SizeOfBlob("a", Digest.Of("wanted"u8)));
        Assert.Null(Storage.SizeOfBlob("a", Digest.Of("other"u8)));
        Assert.Null(Storage.FindUpload("a", upload.Id));
    }

    [Fact]
    public async Task An_upload_is_found_in_its_repository_until_it_is_over()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, "12345"u8.ToArray());

        Assert.Equal(5, Storage.FindUpload("a", upload.Id)?.Length);
        Assert.Null(Storage.FindUpload("b", upload.Id));
        Assert.Null(Storage.FindUpload("a", "../../etc/passwd"));
        Assert.Null(Storage.FindUpload("a", Guid.NewGuid().ToString("N")));

        upload.Commit(Digest.Of("12345"u8));
        Assert.Null(Storage.FindUpload("a", upload.Id));
    }

    [Fact]
    public async Task A_cancelled_upload_is_gone_for_whoever_waits_for_it()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        using (await upload.TakeTurnAsync(CancellationToken.None))
        {
            ValueTask<IDisposable?> waiting = upload.TakeTurnAsync(CancellationToken.None);
            Assert.False(waiting.IsCompleted);
            upload.Cancel();
            _ = Task.Run(async () => Assert.Null(await waiting));
        }

        Assert.Null(Storage.FindUpload("a", upload.Id));
    }

    [Fact]
    public async Task A_truncated_upload_goes_on_from_there()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, "good"u8.ToArray());
        await WriteAsync(upload, "bad"u8.ToArray());
        upload.TruncateTo(4);
        await WriteAsync(upload, " end"u8.ToArray());
        upload.Commit(Digest.Of("good end"u8));

        Assert.Equal("good end", ReadAll("a", Digest.Of("good end"u8)));
    }

    [Fact]
    public async Task A_mount_gives_a_repository_the_blob_of_another()
    {
        Digest digest = await AddBlobAsync("a", "shared"u8.ToArray());

        Assert.True(Storage.MountBlob("b", digest, "a"));
        Assert.True(Storage.MountBlob("b", digest, "a"));
        Assert.True(Storage.DeleteBlob("a", digest));
        Assert.Equal("shared", ReadAll("b", digest));
        Assert.Null(Storage.OpenBlob("a", digest));
    }

    [Fact]
    public async Task A_mount_from_anywhere_finds_what_some_repository_has()
    {
        Digest digest = await AddBlobAsync("a", "anywhere"u8.ToArray());

        Assert.True(Storage.MountBlob("b", digest, from: null));
        Assert.Equal("anywhere", ReadAll("b", digest));
    }

    [Fact]
    public async Task Nothing_is_mounted_that_is_not_there()
    {
        Digest digest = await AddBlobAsync("a", "mine"u8.ToArray());

        Assert.False(Storage.MountBlob("b", digest, "c"));
        Assert.False(Storage.MountBlob("b", Digest.Of("never"u8), from: null));
        Assert.Null(Storage.SizeOfBlob("b", digest));
    }

    [Fact]
    public async Task A_deleted_blob_comes_back_by_no_way()
    {
        Digest digest = await AddBlobAsync("a", "secret"u8.ToArray());

        Assert.True(Storage.DeleteBlob("a", digest));

        Assert.False(Storage.DeleteBlob("a", digest));
        Assert.Null(Storage.OpenBlob("a", digest));
        Assert.False(Storage.MountBlob("b", digest, from: null));
        Assert.False(Storage.MountBlob("b", digest, "a"));
    }

    [Fact]
    public async Task A_deleted_blob_can_be_pushed_again()
    {
        Digest digest = await AddBlobAsync("a", "again"u8.ToArray());
        Storage.DeleteBlob("a", digest);
        await AddBlobAsync("a", "again"u8.ToArray());

        Assert.Equal("again", ReadAll("a", digest));
    }

    [Fact]
    public async Task An_open_blob_stays_readable_when_it_is_deleted()
    {
        Digest digest = await AddBlobAsync("a", "still here"u8.ToArray());
        using BlobReader reader = Storage.OpenBlob("a", digest)!;
        Storage.DeleteBlob("a", digest);

        byte[] buffer = new byte[10];
        Assert.Equal(10, reader.Read(0, buffer));
        Assert.Equal("still here", Encoding.UTF8.GetString(buffer));
    }

    [Fact]
    public async Task A_manifest_is_kept_as_pushed_under_digest_and_tags()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "one", "two");

        foreach (StoredManifest? read in (StoredManifest?[])
            [Storage.ReadManifest("a", image.Digest), Storage.ReadManifest("a", "one"), Storage.ReadManifest("a", "two")])
        {
            Assert.Equal(image.Manifest, read?.Content);
            Assert.Equal(MediaTypes.OciManifest, read?.MediaType);
            Assert.Equal(image.Digest, read?.Digest);
        }

        Assert.Null(Storage.ReadManifest("b", image.Digest));
        Assert.Null(Storage.ReadManifest("a", "three"));
    }

    [Fact]
    public async Task A_manifest_without_its_blobs_is_refused()
    {
        SampleImage image = SampleImage.Create();
        await AddBlobAsync("a", image.Config);
        var manifest = new StoredManifest(image.Digest, MediaTypes.OciManifest, image.Manifest);
        var content = ManifestContent.Parse(image.Manifest, MediaTypes.OciManifest);

        RegistryFailure failure = Assert.Throws<RegistryFailure>(() => Storage.PutManifest("a", manifest, content, ["t"]));

        Assert.Equal("MANIFEST_BLOB_UNKNOWN", failure.Fault.Code);
        Assert.Equal(image.LayerDigest.ToString(), failure.Detail);
        Assert.Null(Storage.ReadManifest("a", "t"));
        Assert.Null(Storage.ReadManifest("a", image.Digest));
    }

    [Fact]
    public async Task A_tag_that_moves_leaves_the_manifest_it_leaves()
    {
        SampleImage first = await PutAsync("a", SampleImage.Create(), "latest");
        Assert.Equal(first.Digest, Storage.ReadManifest("a", "latest")?.Digest);
        SampleImage second = await PutAsync("a", SampleImage.Create(), "latest");

        Assert.Equal(second.Digest, Storage.ReadManifest("a", "latest")?.Digest);
        Assert.NotNull(Storage.ReadManifest("a", first.Digest));
    }

    [Fact]
    public async Task Pushing_the_same_again_changes_nothing()
    {
        SampleImage image = SampleImage.Create();
        await PutAsync("a", image, "t");
        await PutAsync("a", image, "t");

        Assert.Equal(image.Digest, Storage.ReadManifest("a", "t")?.Digest);
        Assert.Equal(["t"], Storage.ListTags("a", null, 10));
    }

    [Fact]
    public async Task A_deleted_tag_leaves_its_manifest()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "t", "u");
        Assert.NotNull(Storage.ReadManifest("a", "t"));

        Assert.True(Storage.DeleteTag("a", "t"));

        Assert.False(Storage.DeleteTag("a", "t"));
        Assert.Null(Storage.ReadManifest("a", "t"));
        Assert.NotNull(Storage.ReadManifest("a", "u"));
        Assert.NotNull(Storage.ReadManifest("a", image.Digest));
    }

    [Fact]
    public async Task A_deleted_manifest_takes_its_tags_with_it_and_no_others()
    {
        SampleImage kept = await PutAsync("a", SampleImage.Create(), "kept");
        SampleImage gone = await PutAsync("a", SampleImage.Create(), "t", "u");
        Assert.NotNull(Storage.ReadManifest("a", "t"));
        Assert.NotNull(Storage.ReadManifest("a", gone.Digest));

        Assert.True(Storage.DeleteManifest("a", gone.Digest));

        Assert.False(Storage.DeleteManifest("a", gone.Digest));
        Assert.Null(Storage.ReadManifest("a", gone.Digest));
        Assert.Null(Storage.ReadManifest("a", "t"));
        Assert.Equal(["kept"], Storage.ListTags("a", null, 10));
        Assert.Equal(kept.Digest, Storage.ReadManifest("a", "kept")?.Digest);
    }

    [Fact]
    public async Task Tags_come_in_the_order_of_their_bytes_from_any_point()
    {
        SampleImage image = SampleImage.Create();
        await PutAsync("a", image, "b", "a", "B", "_", "1", "a-1");

        Assert.Equal(["1", "B", "_", "a", "a-1", "b"], Storage.ListTags("a", null, 10));
        Assert.Equal(["_", "a"], Storage.ListTags("a", "B", 2));
        Assert.Equal(["a", "a-1", "b"], Storage.ListTags("a", "_x", 10));
        Assert.Equal([], Storage.ListTags("a", null, 0));
        Assert.Null(Storage.ListTags("nobody", null, 10));
    }

    [Fact]
    public async Task Repositories_with_manifests_are_listed_in_the_order_of_their_bytes()
    {
        foreach (string name in (string[])["b", "a/b", "a-b", "a", "a_b"])
        {
            await PutAsync(name, SampleImage.Create(), "t");
        }

        await AddBlobAsync("only/blobs", "x"u8.ToArray());

        Assert.Equal(["a", "a-b", "a/b", "a_b", "b"], Storage.ListRepositories(null, 10));
        Assert.Equal(["a/b", "a_b"], Storage.ListRepositories("a-b", 2));
    }

    [Fact]
    public async Task A_repository_whose_last_manifest_is_deleted_is_not_listed()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "t");
        Storage.DeleteManifest("a", image.Digest);

        Assert.Empty(Storage.ListRepositories(null, 10));
    }

    [Fact]
    public async Task Referrers_are_listed_while_they_are_there()
    {
        var subject = Digest.Of("not here"u8);
        SampleImage[] referrers = [SampleImage.Create(subject: subject), SampleImage.Create(subject: subject), SampleImage.Create(subject: subject)];
        foreach (SampleImage referrer in referrers)
        {
            await PutAsync("a", referrer);
        }

        Digest[] expected = [.. referrers.Select(referrer => referrer.Digest).Order()];
        Assert.Equal(expected, Storage.ListReferrers("a", subject, null, 10));
        Assert.Equal(expected[1..2], Storage.ListReferrers("a", subject, expected[0], 1));
        Assert.Empty(Storage.ListReferrers("b", subject, null, 10));

        Storage.DeleteManifest("a", expected[1]);
        Assert.Equal([expected[0], expected[2]], Storage.ListReferrers("a", subject, null, 10));
    }

    [Fact]
    public async Task Collection_removes_blobs_that_no_manifest_names_after_their_grace()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "t");
        Digest orphan = await AddBlobAsync("a", "orphan"u8.ToArray());
        Storage.Collect(CancellationToken.None);
        Assert.NotNull(Storage.OpenBlob("a", orphan));

        Time.Advance(Options.BlobGrace * 2);
        Storage.Collect(CancellationToken.None);

        Assert.Null(Storage.OpenBlob("a", orphan));
        Assert.False(Storage.MountBlob("b", orphan, from: null));
        Assert.NotNull(Storage.OpenBlob("a", image.LayerDigest));
        Assert.NotNull(Storage.OpenBlob("a", image.ConfigDigest));
    }

    [Fact]
    public async Task Collection_spares_a_blob_that_somebody_asked_for()
    {
        Digest orphan = await AddBlobAsync("a", "asked for"u8.ToArray());
        Time.Advance(Options.BlobGrace * 2);
        Assert.NotNull(Storage.SizeOfBlob("a", orphan));

        Storage.Collect(CancellationToken.None);

        Assert.NotNull(Storage.OpenBlob("a", orphan));
    }

    [Fact]
    public async Task Collection_removes_the_blobs_of_a_deleted_manifest()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "t");
        Storage.DeleteManifest("a", image.Digest);
        Time.Advance(Options.BlobGrace * 2);

        Storage.Collect(CancellationToken.None);

        Assert.Null(Storage.OpenBlob("a", image.LayerDigest));
        Assert.Null(Storage.ListTags("a", null, 10));
    }

    [Fact]
    public async Task Collection_gives_up_uploads_that_nobody_goes_on_with()
    {
        Upload stale = Storage.BeginUpload("a", "sha256");
        await WriteAsync(stale, "half"u8.ToArray());
        Storage.Collect(CancellationToken.None);
        Assert.NotNull(Storage.FindUpload("a", stale.Id));

        Time.Advance(Options.UploadLife * 2);
        Storage.Collect(CancellationToken.None);

        Assert.Null(Storage.FindUpload("a", stale.Id));
    }

    [Fact]
    public async Task Collection_leaves_an_upload_that_is_being_written()
    {
        Upload busy = Storage.BeginUpload("a", "sha256");
        Time.Advance(Options.UploadLife * 2);
        using (await busy.TakeTurnAsync(CancellationToken.None))
        {
            Storage.Collect(CancellationToken.None);
            await WriteAsync(busy, "done"u8.ToArray());
            busy.Commit(Digest.Of("done"u8));
        }

        Assert.Equal("done", ReadAll("a", Digest.Of("done"u8)));
    }

    [Fact]
    public async Task Many_pushes_at_once_of_the_same_blob_make_one()
    {
        byte[] content = new byte[100_000];
        await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(() => AddBlobAsync($"r{i % 3}", content))));

        Assert.All((string[])["r0", "r1", "r2"], repository => Assert.Equal(100_000, Storage.SizeOfBlob(repository, Digest.Of(content))));
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
