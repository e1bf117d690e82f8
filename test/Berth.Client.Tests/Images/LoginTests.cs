using System.Text.Json.Nodes;
using Berth.TestHost;

namespace Berth.Client.Tests.Images;

/// <summary>Credentials are kept, used and forgotten as docker keeps, uses and forgets them.</summary>
public sealed class LoginTests : IDisposable
{
    private const string Registry = "localhost:5000";

    private readonly ScratchDirectory _scratch = new();

    private static FakeDaemon Daemon() => new(request => request.Path switch
    {
        "/auth" => request.Body.Contains("wrong", StringComparison.Ordinal)
            ? new CannedAnswer { Status = 401, Body = """{"message":"unauthorized: incorrect username or password"}""" }
            : new CannedAnswer { Body = """{"Status":"Login Succeeded","IdentityToken":""}""" },
        "/images/create" => new CannedAnswer { Body = "{\"status\":\"x\"}\n" },
        _ => null,
    });

    private string ConfigOf(string program) => _scratch.File(Path.GetFileName(program));

    private Task<Outcome> RunAsync(string program, FakeDaemon daemon, string? input, params string[] words) =>
        CommandLine.RunAsync(program, daemon.Address, input, ["--config", ConfigOf(program), .. words]);

    private JsonNode? Saved(string program) => JsonNode.Parse(File.ReadAllText(Path.Combine(ConfigOf(program), "config.json")));

    [Fact]
    public async Task A_login_is_kept_used_and_forgotten_as_by_docker()
    {
        await using FakeDaemon daemon = Daemon();
        var headers = new List<string>();
        var outputs = new List<string>();
        foreach (string program in new[] { CommandLine.Docker, CommandLine.Berth })
        {
            daemon.Forget();
            Outcome login = await RunAsync(program, daemon, "pass\n", "login", "-u", "me", "--password-stdin", Registry);
            Outcome again = await RunAsync(program, daemon, null, "login", Registry);
            await RunAsync(program, daemon, null, "pull", $"{Registry}/x:y");
            headers.Add(daemon.Single("POST", "/images/create").Headers["X-Registry-Auth"]);
            string name = Path.GetFileName(program);
            outputs.Add((login.Output + login.Error + again.Output).Replace(ConfigOf(program), "CONFIG").Replace($"run '{name} logout'", "run 'x logout'")
                .Replace($"by '{name} login'", "by 'x login'"));
        }

        Assert.Equal(headers[0], headers[1]);
        Assert.Equal(outputs[0], outputs[1]);
        Assert.True(JsonNode.DeepEquals(Saved(CommandLine.Docker), Saved(CommandLine.Berth)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(ConfigOf(CommandLine.Berth), "config.json")));

        foreach (string program in new[] { CommandLine.Docker, CommandLine.Berth })
        {
            outputs.Add((await RunAsync(program, daemon, null, "logout", Registry)).Output);
        }

        Assert.Equal(outputs[2], outputs[3]);
        Assert.True(JsonNode.DeepEquals(Saved(CommandLine.Docker), Saved(CommandLine.Berth)));
    }

    [Fact]
    public async Task A_refused_login_keeps_nothing()
    {
        await using FakeDaemon daemon = Daemon();
        Outcome outcome = await RunAsync(CommandLine.Berth, daemon, "wrong", "login", "-u", "me", "--password-stdin", Registry);
        Assert.Equal(new Outcome(1, "", "Error response from daemon: unauthorized: incorrect username or password\n"), outcome);
        Assert.False(File.Exists(Path.Combine(ConfigOf(CommandLine.Berth), "config.json")));
    }

    [Fact]
    public async Task A_helper_keeps_the_secret_and_other_keys_of_the_file_stay()
    {
        string config = ConfigOf(CommandLine.Berth);
        Directory.CreateDirectory(config);
        await File.WriteAllTextAsync(Path.Combine(config, "config.json"), """{"credHelpers":{"localhost:5000":"berth-test"},"HttpHeaders":{"X-A":"b"},"other":1}""");
        string helper = _scratch.File("docker-credential-berth-test");
        await File.WriteAllTextAsync(helper, $$"""
            #!/bin/sh
            read line
            echo "$1 $line" >> '{{_scratch.File("log")}}'
            [ "$1" = get ] && echo '{"ServerURL":"x","Username":"<token>","Secret":"refresh"}'
            exit 0
            """);
        File.SetUnixFileMode(helper, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await using FakeDaemon daemon = Daemon();
        foreach (string command in new[] { "login -u me --password-stdin localhost:5000", "pull localhost:5000/x:y", "logout localhost:5000" })
        {
            Outcome outcome = await CommandLine.RunAsync("/usr/bin/env", daemon.Address, "pass",
                [$"PATH={_scratch.Path}:/usr/bin:/bin", CommandLine.Berth, "--config", config, .. command.Split(' ')]);
            Assert.Equal((0, ""), (outcome.ExitCode, outcome.Error));
        }

        Assert.Equal("""
            store {"ServerURL":"localhost:5000","Username":"me","Secret":"pass"}
            get localhost:5000
            erase localhost:5000

            """, await File.ReadAllTextAsync(_scratch.File("log")));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"credHelpers":{"localhost:5000":"berth-test"},"HttpHeaders":{"X-A":"b"},"other":1,"auths":{}}"""), Saved(CommandLine.Berth)));
        SeenRequest pull = daemon.Single("POST", "/images/create");
        Assert.Equal("b", pull.Headers["X-A"]);
        Assert.Equal("""{"serveraddress":"localhost:5000","identitytoken":"refresh"}""",
            System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(pull.Headers["X-Registry-Auth"].Replace('-', '+').Replace('_', '/'))));
    }

    public void Dispose() => _scratch.Dispose();
}
