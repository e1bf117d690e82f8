using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Images;

public sealed class ImageTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Commit_makes_an_image_of_what_changed()
    {
        string name = docker.Name("commit");
        string image = $"made/by-hand:{name}";
        await docker.Output("run", "--name", name, "busybox", "sh", "-c", "echo new > /new; rm /etc/group; mkdir /d");
        string id = await docker.Output("commit", "-m", "a message", "-a", "An Author", "-c", "ENV A=b", "-c", "CMD [\"cat\", \"/new\"]", name, image);
        Assert.Matches("^sha256:[0-9a-f]{64}$", id);
        Assert.Equal("new", await docker.Output("run", "--rm", image));
        Assert.Equal("no b", await docker.Output("run", "--rm", image, "sh", "-c", "test -e /etc/group && echo yes $A || echo no $A"));
        Assert.Equal("a message", await docker.Output("image", "inspect", "-f", "{{.Comment}}", image));
        Assert.Contains("a message", await docker.Output("history", image), StringComparison.Ordinal);
        await docker.Output("rm", name);
        await docker.Output("rmi", image);
    }

    [LinuxFact(Required)]
    public async Task Tag_and_untag()
    {
        string tag = $"tagged:{docker.Name("t")}";
        await docker.Output("tag", "busybox", tag);
        Assert.Equal(await docker.Output("image", "inspect", "-f", "{{.Id}}", "busybox"), await docker.Output("image", "inspect", "-f", "{{.Id}}", tag));
        Assert.Equal(tag, await docker.Output("images", "--format", "{{.Repository}}:{{.Tag}}", tag));
        Assert.Equal($"Untagged: {tag}", await docker.Output("rmi", tag));
    }

    [LinuxFact(Required)]
    public async Task Image_of_a_container_is_not_removed()
    {
        string tag = $"held:{docker.Name("h")}";
        string source = docker.Name("source");
        await docker.Output("run", "--name", source, "busybox", "touch", "/x");
        string built = await docker.Output("commit", source, tag);
        string name = docker.Name("holds");
        await docker.Output("create", "--name", name, tag);
        CommandResult refused = await docker.Docker("rmi", tag);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("conflict: unable to remove repository reference", refused.Error, StringComparison.Ordinal);
        await docker.Output("rm", name, source);
        await docker.Output("rmi", tag);
        Assert.Equal(1, (await docker.Docker("image", "inspect", built)).ExitCode);
    }

    [LinuxTheory(Required)]
    [InlineData("nosuchimage:latest", "nosuchimage")]
    [InlineData("UPPER", "repository name must be lowercase")]
    public async Task Bad_or_unknown_image_is_named(string image, string sentence)
    {
        CommandResult result = await docker.Docker("create", "--pull", "never", image);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(sentence, result.Error.Replace("repository name (library/UPPER) must be lowercase", "repository name must be lowercase", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [LinuxFact(Required)]
    public async Task History_and_images_show_the_import()
    {
        Assert.Contains("Imported from", await docker.Output("history", "--no-trunc", "busybox"), StringComparison.Ordinal);
        Assert.Contains("busybox", await docker.Output("images"), StringComparison.Ordinal);
    }
}
