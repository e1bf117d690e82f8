using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Tests.Storage;

public abstract partial class RegistryStorageContract
{
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
    public async Task Pushing_the_same_again_changes_nothing()
    {
        SampleImage image = SampleImage.Create();
        await PutAsync("a", image, "t");
        await PutAsync("a", image, "t");

        Assert.Equal(image.Digest, Storage.ReadManifest("a", "t")?.Digest);
        Assert.Equal(["t"], Storage.ListTags("a", null, 10));
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
}
