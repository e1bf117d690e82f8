using Berth.Oci;
using Berth.Registry.Storage;
using Berth.TestHost;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Registry.Tests.Storage;

public sealed class FileStorageTests : RegistryStorageContract
{
    private readonly ScratchDirectory _scratch = new();

    internal override IRegistryStorage Open() => FileStorage.Open(_scratch.File("root"), Options, Time, NullLogger.Instance);

    public override void Dispose()
    {
        base.Dispose();
        _scratch.Dispose();
    }

    [Fact]
    public async Task All_is_there_after_a_restart()
    {
        SampleImage image = await PutAsync("a/b", SampleImage.Create(), "t");
        SampleImage referrer = await PutAsync("a/b", SampleImage.Create(subject: image.Digest));

        Reopen();

        Assert.Equal(image.Manifest, Storage.ReadManifest("a/b", "t")?.Content);
        Assert.Equal(image.Layer.Length, Storage.SizeOfBlob("a/b", image.LayerDigest));
        Assert.Equal([referrer.Digest], Storage.ListReferrers("a/b", image.Digest, null, 10));
        Assert.Equal(["a/b"], Storage.ListRepositories(null, 10));
    }

    [Fact]
    public async Task An_upload_goes_on_after_a_restart_and_is_hashed_from_its_beginning()
    {
        Upload upload = Storage.BeginUpload("a", "sha256");
        await WriteAsync(upload, "first "u8.ToArray());

        Reopen();

        Upload resumed = Storage.FindUpload("a", upload.Id)!;
        Assert.Equal(6, resumed.Length);
        await WriteAsync(resumed, "second"u8.ToArray());
        resumed.Commit(Digest.Of("first second"u8));
        Assert.Equal("first second", ReadAll("a", Digest.Of("first second"u8)));
    }

    [Fact]
    public async Task Uploads_beyond_the_number_that_is_kept_awake_go_on_all_the_same()
    {
        List<Upload> uploads = [];
        for (int i = 0; i < 600; i++)
        {
            Upload upload = Storage.BeginUpload("a", "sha256");
            await WriteAsync(upload, "half"u8.ToArray());
            uploads.Add(upload);
        }

        Assert.Null(await uploads[0].TakeTurnAsync(CancellationToken.None));
        Upload woken = Storage.FindUpload("a", uploads[0].Id)!;
        await WriteAsync(woken, " whole"u8.ToArray());
        woken.Commit(Digest.Of("half whole"u8));
        Assert.Equal("half whole", ReadAll("a", Digest.Of("half whole"u8)));
    }

    [Fact]
    public void A_root_serves_one_registry_at_a_time()
    {
        Assert.NotNull(Storage);

        IOException refusal = Assert.Throws<IOException>(Open);

        Assert.Contains("is in use by another registry", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_is_on_the_disk_once_however_many_repositories_have_it()
    {
        Digest digest = await AddBlobAsync("a", new byte[5000]);
        await AddBlobAsync("b", new byte[5000]);
        Storage.MountBlob("c", digest, "a");

        Berth.Linux.Files.FileStatus status = Berth.Linux.Files.FileCalls.StatusOf(OnDisk(RegistryPaths.PoolBlob(digest)))!.Value;
        Assert.Equal(4u, status.LinkCount);
    }

    [Fact]
    public async Task The_last_repository_to_delete_a_blob_frees_its_space()
    {
        Digest digest = await AddBlobAsync("a", "free"u8.ToArray());
        Storage.MountBlob("b", digest, "a");

        Storage.DeleteBlob("a", digest);
        Assert.True(File.Exists(OnDisk(RegistryPaths.PoolBlob(digest))));
        Storage.DeleteBlob("b", digest);

        Assert.False(File.Exists(OnDisk(RegistryPaths.PoolBlob(digest))));
    }

    [Fact]
    public async Task A_damaged_manifest_is_not_given_out()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "t");
        string path = OnDisk(RegistryPaths.Manifest("a", image.Digest));
        byte[] bytes = await File.ReadAllBytesAsync(path);
        bytes[^2] ^= 1;
        await File.WriteAllBytesAsync(path, bytes);

        Assert.Throws<InvalidDataException>(() => Storage.ReadManifest("a", image.Digest));
    }

    [Fact]
    public async Task A_damaged_manifest_keeps_the_blobs_of_its_repository_and_no_others()
    {
        SampleImage image = await PutAsync("damaged", SampleImage.Create(), "t");
        Digest orphan = await AddBlobAsync("sound", "orphan"u8.ToArray());
        await File.WriteAllTextAsync(OnDisk(RegistryPaths.Manifest("damaged", image.Digest)), "nothing");
        Time.Advance(Options.BlobGrace * 2);

        Storage.Collect(CancellationToken.None);

        Assert.NotNull(Storage.OpenBlob("damaged", image.LayerDigest));
        Assert.Null(Storage.OpenBlob("sound", orphan));
    }

    [Fact]
    public async Task What_an_earlier_process_left_half_done_is_removed()
    {
        Assert.NotNull(Storage);
        await File.WriteAllTextAsync(OnDisk(RegistryPaths.NewStaging()), "torn");
        Digest unlinked = await AddBlobAsync("a", "pool only"u8.ToArray());
        File.Delete(OnDisk(RegistryPaths.Blob("a", unlinked)));

        Reopen();
        Storage.Collect(CancellationToken.None);

        Assert.Empty(Directory.EnumerateFiles(OnDisk(RegistryPaths.Staging)));
        Assert.False(File.Exists(OnDisk(RegistryPaths.PoolBlob(unlinked))));
    }

    [Fact]
    public async Task A_referrer_without_its_manifest_is_neither_listed_nor_kept()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "t");
        SampleImage referrer = await PutAsync("a", SampleImage.Create(subject: image.Digest));
        File.Delete(OnDisk(RegistryPaths.Manifest("a", referrer.Digest)));

        Assert.Empty(Storage.ListReferrers("a", image.Digest, null, 10));
        Storage.Collect(CancellationToken.None);
        Assert.False(Directory.Exists(OnDisk(RegistryPaths.AllReferrers("a"))));
    }

    [Fact]
    public async Task A_symbolic_link_in_the_root_is_not_followed()
    {
        Digest digest = await AddBlobAsync("a", "link"u8.ToArray());
        string blob = OnDisk(RegistryPaths.Blob("a", digest));
        File.Delete(blob);
        File.CreateSymbolicLink(blob, "/etc/passwd");

        Assert.Throws<Berth.Linux.LinuxException>(() => Storage.OpenBlob("a", digest));
    }

    [Fact]
    public async Task Empty_directories_do_not_stay_and_do_not_hinder_the_next_push()
    {
        SampleImage image = await PutAsync("a", SampleImage.Create(), "t");
        Storage.DeleteManifest("a", image.Digest);
        Time.Advance(Options.BlobGrace * 2);
        Storage.Collect(CancellationToken.None);
        Assert.False(Directory.Exists(OnDisk(RegistryPaths.Repository("a"))));

        await PutAsync("a", image, "t");
        Assert.NotNull(Storage.ReadManifest("a", "t"));
    }

    [Fact]
    public async Task Pushes_and_collections_at_the_same_time_do_not_hurt_each_other()
    {
        using var stop = new CancellationTokenSource();
        Task collecting = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Storage.Collect(CancellationToken.None);
            }
        });
        SampleImage[] images = [.. Enumerable.Range(0, 24).Select(_ => SampleImage.Create(100))];
        await Task.WhenAll(images.Select((image, i) => Task.Run(async () =>
        {
            await PutAsync($"r{i % 4}", image, $"t{i}");
            if (i % 3 == 0)
            {
                Storage.DeleteManifest($"r{i % 4}", image.Digest);
            }
        })));
        await stop.CancelAsync();
        await collecting;

        for (int i = 0; i < images.Length; i++)
        {
            StoredManifest? read = Storage.ReadManifest($"r{i % 4}", $"t{i}");
            Assert.Equal(i % 3 == 0 ? null : images[i].Digest, read?.Digest);
        }
    }

    private string OnDisk(string path) => Path.Combine(_scratch.File("root"), path);
}
