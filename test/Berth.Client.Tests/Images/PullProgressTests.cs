using System.Text.Json;
using Berth.Api;
using Berth.Cli;
using Berth.Cli.Images;

namespace Berth.Client.Tests.Images;

public sealed class PullProgressTests
{
    private static readonly string[] s_pull =
    [
        """{"status":"Pulling from library/busybox","id":"latest"}""",
        """{"status":"Pulling fs layer","progressDetail":{},"id":"aaaaaaaaaaaa"}""",
        """{"status":"Pulling fs layer","progressDetail":{},"id":"bbbbbbbbbbbb"}""",
        """{"status":"Downloading","progressDetail":{"current":512000,"total":1024000},"progress":"[====>  ]  512kB/1.024MB","id":"aaaaaaaaaaaa"}""",
        """{"status":"Downloading","progressDetail":{"current":100},"id":"bbbbbbbbbbbb"}""",
        """{"status":"Download complete","progressDetail":{},"id":"aaaaaaaaaaaa"}""",
        """{"status":"Already exists","progressDetail":{},"id":"bbbbbbbbbbbb"}""",
        """{"status":"Digest: sha256:cccc"}""",
        """{"aux":{"Tag":"latest"}}""",
        """{"status":"Status: Downloaded newer image for busybox:latest"}""",
    ];

    private static string Draw(bool isTerminal, int width, IEnumerable<string> lines)
    {
        var progress = new PullProgress(isTerminal, width);
        return string.Concat(lines.Select(line => progress.Draw(JsonSerializer.Deserialize(line, ApiJson.Default.JsonMessage)!))); // a line is a message
    }

    [Fact]
    public void On_a_terminal_each_layer_has_a_line_that_is_drawn_anew()
    {
        string bar = "[=========================>                         ]    512kB/1.024MB";
        string expected = "latest: Pulling from library/busybox\n"
            + "\n\e[1A\e[2K\raaaaaaaaaaaa: Pulling fs layer \r\e[1B"
            + "\n\e[1A\e[2K\rbbbbbbbbbbbb: Pulling fs layer \r\e[1B"
            + $"\e[2A\e[2K\raaaaaaaaaaaa: Downloading {bar}\r\e[2B"
            + "\e[1A\e[2K\rbbbbbbbbbbbb: Downloading     100B\r\e[1B"
            + "\e[2A\e[2K\raaaaaaaaaaaa: Download complete \r\e[2B"
            + "\e[1A\e[2K\rbbbbbbbbbbbb: Already exists \r\e[1B"
            + "Digest: sha256:cccc\nStatus: Downloaded newer image for busybox:latest\n";
        Assert.Equal(expected, Draw(isTerminal: true, 120, s_pull));
    }

    [Fact]
    public void A_narrow_terminal_shows_numbers_only() =>
        Assert.Equal("\n\e[1A\e[2K\ra: Downloading    512kB/1.024MB\r\e[1B",
            Draw(isTerminal: true, 80, ["""{"status":"Downloading","progressDetail":{"current":512000,"total":1024000},"id":"a"}"""]));

    [Fact]
    public async Task Without_a_terminal_only_changes_of_state_are_told_as_docker_tells_them()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/images/create"
            ? new CannedAnswer { Chunks = [.. s_pull.Select(line => line + "\r\n")] } : null);
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, "pull", "busybox");
        Outcome ours = await CommandLine.BerthAsync(daemon.Address, "pull", "busybox");
        Assert.Equal(theirs, ours);
        Assert.Contains("aaaaaaaaaaaa: Download complete\n", ours.Output, StringComparison.Ordinal);
        Assert.EndsWith("docker.io/library/busybox:latest\n", ours.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("pull", "-q", "busybox")]
    [InlineData("pull", "localhost:5000/a/b:c")]
    [InlineData("pull", "-a", "busybox")]
    [InlineData("pull", "busybox@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("pull", "--platform", "linux/arm64", "busybox")]
    [InlineData("push", "localhost:5000/a/b")]
    [InlineData("push", "-q", "localhost:5000/a/b:c")]
    [InlineData("import", "-m", "text", "-c", "CMD x", "http://x/y.tar", "repo:tag")]
    [InlineData("tag", "a", "localhost:5000/b:c")]
    [InlineData("rmi", "-f", "--no-prune", "a/b")]
    [InlineData("commit", "-a", "me", "-m", "text", "-c", "CMD x", "-c", "ENV a=b", "-p=false", "c", "repo/x")]
    public async Task Requests_for_images_are_those_of_docker(params string[] words)
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/_ping" ? null : new CannedAnswer { Body = "[]" });
        await CommandLine.DockerAsync(daemon.Address, words);
        string[] theirs = Targets(daemon);
        daemon.Forget();
        await CommandLine.BerthAsync(daemon.Address, words);
        Assert.Equal(theirs, Targets(daemon));
    }

    private static string[] Targets(FakeDaemon daemon) => daemon.Seen.Where(request => request.Path != "/_ping")
        .Select(request => $"{request.Method} {Uri.UnescapeDataString(request.Target).Replace('+', ' ')}").ToArray();

    [Fact]
    public async Task A_failure_in_the_stream_is_told_and_ends_with_1()
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/images/create"
            ? new CannedAnswer { Body = """{"errorDetail":{"message":"manifest unknown"},"error":"manifest unknown"}""" + "\r\n" } : null);
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, "pull", "busybox:x");
        Assert.Equal(theirs, await CommandLine.BerthAsync(daemon.Address, "pull", "busybox:x"));
        Assert.Equal(1, theirs.ExitCode);
    }

    [Fact]
    public void A_registry_that_wants_credentials_is_told_in_dockers_words() =>
        Assert.Equal("authentication is required", Assert.Throws<CommandException>(() =>
            Draw(isTerminal: false, 80, ["""{"errorDetail":{"code":401,"message":"x"},"error":"x"}"""])).Message);
}
