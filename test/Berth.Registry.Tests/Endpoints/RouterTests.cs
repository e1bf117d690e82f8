using System.Net;
using Berth.Registry.Endpoints;

namespace Berth.Registry.Tests.Endpoints;

public sealed class RouterTests
{
    [Theory]
    [InlineData("/v2/a/blobs/sha256:x", "blobs", "a", "sha256:x")]
    [InlineData("/v2/a/b/c/manifests/latest", "manifests", "a/b/c", "latest")]
    [InlineData("/v2/manifests/manifests/manifests", "manifests", "manifests", "manifests")]
    [InlineData("/v2/blobs/uploads/manifests/t", "manifests", "blobs/uploads", "t")]
    [InlineData("/v2/a/blobs/uploads", "uploads", "a", "")]
    [InlineData("/v2/a/blobs/uploads/", "uploads", "a", "")]
    [InlineData("/v2/a/blobs/blobs/uploads/id", "upload", "a/blobs", "id")]
    [InlineData("/v2/tags/tags/list", "tags", "tags", "list")]
    [InlineData("/v2/a__b/c--d.e/referrers/sha256:x", "referrers", "a__b/c--d.e", "sha256:x")]
    public void A_path_is_read_from_its_end(string path, string kind, string repository, string reference) =>
        Assert.Equal((kind, repository, reference), RegistryRouter.Parse(path));

    [Theory]
    [InlineData("/v2/A/manifests/t")]
    [InlineData("/v2/a//b/manifests/t")]
    [InlineData("/v2/-a/manifests/t")]
    [InlineData("/v2/a_/manifests/t")]
    [InlineData("/v2/a___b/manifests/t")]
    [InlineData("/v2/../manifests/t")]
    [InlineData("/v2/a/../b/manifests/t")]
    [InlineData("/v2/a+b/manifests/t")]
    [InlineData("/v2/a\n/manifests/t")]
    public void A_name_outside_of_the_grammar_is_invalid(string path)
    {
        RegistryFailure failure = Assert.Throws<RegistryFailure>(() => RegistryRouter.Parse(path));
        Assert.Equal("NAME_INVALID", failure.Fault.Code);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/a/manifests/t")]
    [InlineData("/v2/manifests/t")]
    [InlineData("/v2/a/manifests/")]
    [InlineData("/v2/a/tags/other")]
    [InlineData("/v2/a")]
    [InlineData("/v2/a/b")]
    public void A_path_of_no_endpoint_is_404(string path)
    {
        RegistryFailure failure = Assert.Throws<RegistryFailure>(() => RegistryRouter.Parse(path));
        Assert.Equal(404, failure.Fault.Status);
    }

    [Fact]
    public void A_name_has_at_most_255_characters()
    {
        Assert.True(RegistryRouter.IsName(new string('a', 255)));
        Assert.False(RegistryRouter.IsName(new string('a', 256)));
    }

    [Fact]
    public async Task A_method_that_an_endpoint_lacks_is_405_with_those_it_has()
    {
        await using RegistryUnderTest registry = await RegistryUnderTest.StartAsync();
        using HttpResponseMessage response = await registry.SendAsync(HttpMethod.Patch, "/v2/a/manifests/t", [1]);
        await RegistryAssert.RefusedAsync(HttpStatusCode.MethodNotAllowed, "UNSUPPORTED", response);
        Assert.Equal("GET, HEAD, PUT, DELETE", string.Join(", ", response.Content.Headers.Allow));
    }

    [Fact]
    public void Every_refusal_carries_a_code_of_the_specification_but_those_for_our_own_faults()
    {
        HashSet<string> specified =
        [
            "BLOB_UNKNOWN", "BLOB_UPLOAD_INVALID", "BLOB_UPLOAD_UNKNOWN", "DIGEST_INVALID", "MANIFEST_BLOB_UNKNOWN", "MANIFEST_INVALID", "MANIFEST_UNKNOWN",
            "NAME_INVALID", "NAME_UNKNOWN", "SIZE_INVALID", "UNAUTHORIZED", "DENIED", "UNSUPPORTED", "TOOMANYREQUESTS",
        ];
        Assert.All(RegistryErrors.All, fault => Assert.True(specified.Contains(fault.Code) || fault.Status >= 500, fault.Code));
    }
}
