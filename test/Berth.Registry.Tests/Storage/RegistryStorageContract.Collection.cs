using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Tests.Storage;

public abstract partial class RegistryStorageContract
{
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
}
