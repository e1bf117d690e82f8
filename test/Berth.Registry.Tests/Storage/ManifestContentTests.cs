using System.Text;
using Berth.Oci;
using Berth.Registry.Storage;

namespace Berth.Registry.Tests.Storage;

public sealed class ManifestContentTests
{
    private const string Blob = "\"digest\":\"sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\",\"size\":0";
    private const string Config = "\"config\":{\"mediaType\":\"application/x\"," + Blob + "}";

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{\"schemaVersion\":2}")]
    [InlineData("{\"schemaVersion\":1," + Config + "}")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"manifests\":[]}")]
    [InlineData("{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\"," + Config + "}")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"layers\":[{\"mediaType\":\"a\"}]}")]
    [InlineData("{\"schemaVersion\":2," + Config + ",\"layers\":[{\"mediaType\":\"a\",\"digest\":\"md5:0\",\"size\":1}]}")]
    [InlineData("{\"schemaVersion\":2," + Config + "} trailing")]
    public void What_is_no_image_manifest_is_refused(string content)
    {
        RegistryFailure failure = Assert.Throws<RegistryFailure>(() => ManifestContent.Parse(Encoding.UTF8.GetBytes(content), MediaTypes.OciManifest));
        Assert.Equal("MANIFEST_INVALID", failure.Fault.Code);
    }

    [Fact]
    public void An_index_with_layers_is_refused() =>
        Assert.Throws<RegistryFailure>(() => ManifestContent.Parse("""{"schemaVersion":2,"manifests":[],"layers":[]}"""u8, MediaTypes.OciIndex));

    [Fact]
    public void An_unknown_media_type_is_refused() =>
        Assert.Throws<RegistryFailure>(() => ManifestContent.Parse("""{"schemaVersion":2}"""u8, "application/vnd.docker.distribution.manifest.v1+prettyjws"));

    [Fact]
    public void The_field_names_the_type_where_the_push_does_not()
    {
        var content = ManifestContent.Parse("""{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}"""u8, null);
        Assert.Equal(MediaTypes.OciIndex, content.MediaType);
    }

    [Fact]
    public void An_images_artifact_type_is_its_configs_where_it_has_none()
    {
        var content = ManifestContent.Parse(Encoding.UTF8.GetBytes("{\"schemaVersion\":2," + Config + ",\"x-unknown\":[1]}"), MediaTypes.OciManifest);
        Assert.Equal("application/x", content.ArtifactType);
    }

    [Fact]
    public void An_index_without_artifact_type_has_none() =>
        Assert.Null(ManifestContent.Parse("""{"schemaVersion":2,"manifests":[]}"""u8, MediaTypes.OciIndex).ArtifactType);

    [Fact]
    public void Foreign_layers_may_be_missing()
    {
        var content = ManifestContent.Parse(
            Encoding.UTF8.GetBytes("{\"schemaVersion\":2," + Config + ",\"layers\":[{\"mediaType\":\"application/vnd.oci.image.layer.nondistributable.v1.tar+gzip\"," + Blob + "}]}"),
            MediaTypes.OciManifest);
        Assert.Single(content.Blobs);
        Assert.Single(content.OptionalBlobs);
    }
}
