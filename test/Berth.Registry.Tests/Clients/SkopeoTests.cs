using System.Text.Json;
using Berth.TestHost;

namespace Berth.Registry.Tests.Clients;

/// <summary>Programs that our registry was not written for.</summary>
public sealed class SkopeoTests
{
    [LinuxFact(Needs.Skopeo)]
    public async Task Skopeo_pushes_inspects_copies_and_pulls_the_same_image()
    {
        await using RegistryUnderTest registry = await RegistryUnderTest.StartAsync();
        using var scratch = new ScratchDirectory();
        SampleImage image = SampleImage.Create(500_000);
        image.WriteLayout(scratch.File("in"), "x");

        await SkopeoAsync("copy", "--dest-tls-verify=false", $"oci:{scratch.File("in")}:x", $"docker://{registry.Authority}/team/app:1.0");
        CommandResult inspected = await SkopeoAsync("inspect", "--tls-verify=false", $"docker://{registry.Authority}/team/app:1.0");
        JsonElement answer = JsonDocument.Parse(inspected.Output).RootElement;
        Assert.Equal(image.Digest.ToString(), answer.GetProperty("Digest").GetString());
        Assert.Equal("1.0", answer.GetProperty("RepoTags")[0].GetString());

        await SkopeoAsync(
            "copy", "--src-tls-verify=false", "--dest-tls-verify=false",
            $"docker://{registry.Authority}/team/app:1.0", $"docker://{registry.Authority}/other:copy");
        await SkopeoAsync("copy", "--src-tls-verify=false", $"docker://{registry.Authority}/other@{image.Digest}", $"dir:{scratch.File("out")}");
        Assert.Equal(image.Layer, await File.ReadAllBytesAsync(Path.Combine(scratch.File("out"), image.LayerDigest.Hex)));
        Assert.Equal(image.Manifest, await File.ReadAllBytesAsync(Path.Combine(scratch.File("out"), "manifest.json")));
    }

    [LinuxFact(Needs.Skopeo)]
    public async Task Skopeo_pushes_a_docker_archive_in_dockers_format()
    {
        await using RegistryUnderTest registry = await RegistryUnderTest.StartAsync();
        using var scratch = new ScratchDirectory();
        SampleImage.Create().WriteLayout(scratch.File("in"), "x");
        await SkopeoAsync("copy", $"oci:{scratch.File("in")}:x", $"docker-archive:{scratch.File("image.tar")}:app:1");

        await SkopeoAsync("copy", "--dest-tls-verify=false", $"docker-archive:{scratch.File("image.tar")}", $"docker://{registry.Authority}/app:1");
        CommandResult raw = await SkopeoAsync("inspect", "--raw", "--tls-verify=false", $"docker://{registry.Authority}/app:1");
        Assert.Contains("application/vnd.docker.distribution.manifest.v2+json", raw.Output, StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Skopeo)]
    public async Task Skopeo_deletes_an_image()
    {
        await using RegistryUnderTest registry = await RegistryUnderTest.StartAsync();
        SampleImage image = SampleImage.Create();
        await registry.PushAsync("a", image, "t");

        await SkopeoAsync("delete", "--tls-verify=false", $"docker://{registry.Authority}/a:t");

        CommandResult gone = await ChildProcess.RunAsync("skopeo", ["inspect", "--tls-verify=false", $"docker://{registry.Authority}/a:t"]);
        Assert.NotEqual(0, gone.ExitCode);
        Assert.Contains("manifest unknown", gone.Error, StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Buildah | Needs.Root)]
    public async Task Buildah_pushes_what_it_made_and_pulls_it_again()
    {
        await using RegistryUnderTest registry = await RegistryUnderTest.StartAsync();
        using var scratch = new ScratchDirectory();
        string[] storage = ["--root", scratch.File("storage"), "--runroot", scratch.File("run"), "--storage-driver", "vfs"];
        await File.WriteAllTextAsync(scratch.File("hello"), "hello");
        CommandResult container = await BuildahAsync([.. storage, "from", "scratch"]);
        await BuildahAsync([.. storage, "copy", container.Text, scratch.File("hello"), "/hello"]);
        await BuildahAsync([.. storage, "commit", container.Text, "made"]);

        await BuildahAsync([.. storage, "push", "--tls-verify=false", "made", $"docker://{registry.Authority}/made:1"]);
        await BuildahAsync([.. storage, "rm", container.Text]);
        await BuildahAsync([.. storage, "rmi", "made"]);
        CommandResult pulled = await BuildahAsync([.. storage, "pull", "--tls-verify=false", $"{registry.Authority}/made:1"]);
        Assert.Matches("^[0-9a-f]{64}$", pulled.Text.Split('\n')[^1]);
    }

    private static async Task<CommandResult> SkopeoAsync(params string[] arguments) =>
        (await ChildProcess.RunAsync("skopeo", ["--insecure-policy", .. arguments])).Succeeds();

    private static async Task<CommandResult> BuildahAsync(params string[] arguments) => (await ChildProcess.RunAsync("buildah", arguments)).Succeeds();
}
