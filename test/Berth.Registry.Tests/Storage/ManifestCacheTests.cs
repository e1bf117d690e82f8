using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Tests.Storage;

public sealed class ManifestCacheTests
{
    private static readonly StoredManifest Manifest = new(Digest.Of([1]), MediaTypes.OciManifest, new byte[100]);

    [Fact]
    public void A_find_from_before_a_change_does_not_come_in_after_it()
    {
        var cache = new ManifestCache(10_000);
        long before = cache.Epoch;
        cache.Forget("a", "t");

        cache.Add("a", "t", Manifest, before);

        Assert.Null(cache.Find("a", "t"));
    }

    [Fact]
    public void The_least_recently_used_makes_room()
    {
        var cache = new ManifestCache(2000);
        for (int i = 0; i < 5; i++)
        {
            cache.Add("a", $"t{i}", Manifest, cache.Epoch);
            Assert.Same(Manifest, cache.Find("a", "t0"));
        }

        for (int i = 5; i < 10; i++)
        {
            cache.Add("a", $"t{i}", Manifest, cache.Epoch);
            cache.Find("a", "t0");
        }

        Assert.NotNull(cache.Find("a", "t0"));
        Assert.Null(cache.Find("a", "t1"));
        Assert.NotNull(cache.Find("a", "t9"));
    }

    [Fact]
    public void What_is_too_large_to_share_the_room_stays_out()
    {
        var cache = new ManifestCache(1000);
        cache.Add("a", "t", Manifest with { Content = new byte[900] }, cache.Epoch);
        Assert.Null(cache.Find("a", "t"));
    }
}
