using Berth.Cli.Images;

namespace Berth.Client.Tests.Images;

public sealed class ImageNameTests
{
    private const string Digest = "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("busybox:1.36", "docker.io/library/busybox:1.36", "busybox:1.36")]
    [InlineData("user/app", "docker.io/user/app", "user/app")]
    [InlineData("docker.io/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("index.docker.io/library/busybox", "docker.io/library/busybox", "busybox")]
    [InlineData("localhost/app", "localhost/app", "localhost/app")]
    [InlineData("localhost:5000/a/b:c", "localhost:5000/a/b:c", "localhost:5000/a/b:c")]
    [InlineData("ghcr.io/a/b@" + Digest, "ghcr.io/a/b@" + Digest, "ghcr.io/a/b@" + Digest)]
    [InlineData("a__b/c--d.e:T_1.2-x", "docker.io/a__b/c--d.e:T_1.2-x", "a__b/c--d.e:T_1.2-x")]
    [InlineData("a:1@" + Digest, "docker.io/library/a:1@" + Digest, "a:1@" + Digest)]
    public void A_name_has_a_full_and_a_familiar_form(string text, string full, string familiar)
    {
        ImageName name = ImageName.Parse(text);
        Assert.Equal((full, familiar), (name.Full, name.Familiar));
    }

    [Theory]
    [InlineData("Busybox", "invalid reference format: repository name (library/Busybox) must be lowercase")]
    [InlineData("a:b:c", "invalid reference format")]
    [InlineData("", "invalid reference format")]
    [InlineData("a@sha256:short", "invalid reference format")]
    [InlineData("-a", "invalid reference format")]
    [InlineData("a..b", "invalid reference format")]
    [InlineData("a___b", "invalid reference format")]
    [InlineData("a-", "invalid reference format")]
    [InlineData("a//b", "invalid reference format")]
    [InlineData("a:", "invalid reference format")]
    [InlineData("a:.x", "invalid reference format")]
    public void What_is_no_name_is_refused_in_dockers_words(string text, string expected) =>
        Assert.Equal(expected, Assert.Throws<FormatException>(() => ImageName.Parse(text)).Message);

    [Fact]
    public void A_tag_is_added_only_where_nothing_says_which_image()
    {
        Assert.Equal("a:latest", ImageName.Parse("a").WithDefaultTag().Familiar);
        Assert.Equal("a@" + Digest, ImageName.Parse("a@" + Digest).WithDefaultTag().Familiar);
    }
}
