namespace Berth.Registry.Tests.Storage;

public abstract partial class RegistryStorageContract
{
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
}
