using System.Security.Cryptography;
using System.Text;
using Berth.TestHost;

namespace Berth.Client.Tests.Cli;

/// <summary>Which daemon a command speaks to.</summary>
public sealed class EndpointChoiceTests : IDisposable
{
    private readonly ScratchDirectory _config = new();

    private static FakeDaemon Daemon(string name) => new(request => request.Path == "/containers/json"
        ? new CannedAnswer { Body = $$"""[{"Id":"{{name}}","Names":["/{{name}}"],"Image":"i","ImageID":"i","Command":"c","Created":1,"State":"running","Status":"Up"}]""" }
        : null);

    private void WriteContext(string name, FakeDaemon daemon)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        string directory = _config.File($"contexts/meta/{id}");
        Directory.CreateDirectory(directory);
        File.WriteAllText(Path.Combine(directory, "meta.json"),
            """{"Name":"NAME","Metadata":{},"Endpoints":{"docker":{"Host":"HOST","SkipTLSVerify":false}}}""".Replace("NAME", name).Replace("HOST", daemon.Address));
    }

    private Task<Outcome> PsAsync(string? host, params string[] globals) =>
        CommandLine.BerthAsync(host, ["--config", _config.Path, .. globals, "ps", "-q"]);

    [Fact]
    public async Task The_option_wins_over_the_variable_and_the_variable_over_the_configuration()
    {
        await using FakeDaemon one = Daemon("one");
        await using FakeDaemon two = Daemon("two");
        await using FakeDaemon three = Daemon("three");
        WriteContext("ctx", three);
        await File.WriteAllTextAsync(_config.File("config.json"), """{"currentContext":"ctx"}""");
        Assert.Equal("three\n", (await PsAsync(null)).Output);
        Assert.Equal("two\n", (await PsAsync(two.Address)).Output);
        Assert.Equal("one\n", (await PsAsync(two.Address, "-H", one.Address)).Output);
        Assert.Equal("three\n", (await PsAsync(two.Address, "-c", "ctx")).Output);
    }

    [Fact]
    public async Task A_context_that_is_not_there_is_told_as_docker_tells_it()
    {
        Outcome theirs = await CommandLine.DockerAsync(null, "--config", _config.Path, "-c", "nosuch", "ps");
        Assert.Equal(theirs, await CommandLine.BerthAsync(null, "--config", _config.Path, "-c", "nosuch", "ps"));
    }

    [Fact]
    public async Task Formats_come_from_the_configuration_where_none_is_given()
    {
        await using FakeDaemon daemon = Daemon("one");
        await File.WriteAllTextAsync(_config.File("config.json"), """{"psFormat":"{{.Names}}!"}""");
        Assert.Equal("one!\n", (await CommandLine.BerthAsync(daemon.Address, "--config", _config.Path, "ps")).Output);
        Assert.Equal("one\n", (await CommandLine.BerthAsync(daemon.Address, "--config", _config.Path, "ps", "-q")).Output);
        Assert.Equal("c\n", (await CommandLine.BerthAsync(daemon.Address, "--config", _config.Path, "ps", "--format", "{{slice .Command 1 2}}")).Output);
    }

    [Fact]
    public async Task Proxies_of_the_configuration_become_variables_of_the_container_as_with_docker()
    {
        await using var daemon = new FakeDaemon();
        await File.WriteAllTextAsync(_config.File("config.json"),
            """{"proxies":{"default":{"httpProxy":"http://p:1","noProxy":"a,b","allProxy":"socks5://s"}}}""");
        var bodies = new List<string[]>();
        foreach (string program in new[] { CommandLine.Docker, CommandLine.Berth })
        {
            daemon.Forget();
            await CommandLine.RunAsync(program, daemon.Address, null, "--config", _config.Path, "create", "-e", "A=1", "-e", "NO_PROXY=mine", "busybox");
            bodies.Add(System.Text.Json.Nodes.JsonNode.Parse(daemon.Single("POST", "/containers/create").Body)!["Env"]!.AsArray()
                .Select(value => value!.GetValue<string>()).Order(StringComparer.Ordinal).ToArray()); // a body with variables was sent
        }

        Assert.Equal(bodies[0], bodies[1]);
        Assert.Contains("http_proxy=http://p:1", bodies[1]);
    }

    [Fact]
    public async Task A_configuration_that_cannot_be_read_is_told_and_passed_over()
    {
        await using FakeDaemon daemon = Daemon("one");
        await File.WriteAllTextAsync(_config.File("config.json"), "{");
        Outcome outcome = await PsAsync(daemon.Address);
        Assert.Equal((0, "one\n"), (outcome.ExitCode, outcome.Output));
        Assert.StartsWith("WARNING: Error loading config file: ", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-H", "tcp://127.0.0.1:1")]
    [InlineData("-H", "unix:///nonexistent.sock")]
    [InlineData("--tlsverify")]
    [InlineData("-H", "a", "-H", "b")]
    public async Task Failures_to_reach_a_daemon_are_told_as_docker_tells_them(params string[] globals)
    {
        Outcome theirs = await CommandLine.DockerAsync(null, ["--config", _config.Path, .. globals, "ps"]);
        Assert.Equal(theirs, await CommandLine.BerthAsync(null, ["--config", _config.Path, .. globals, "ps"]));
    }

    public void Dispose() => _config.Dispose();
}
