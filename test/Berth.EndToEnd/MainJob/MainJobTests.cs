using Berth.TestHost;
using Npgsql;
using static Berth.EndToEnd.MainJob.PostgresFixture;

namespace Berth.EndToEnd.MainJob;

/// <summary>What the product is for: pull a database, run it, use it.</summary>
[Collection(typeof(PostgresCollection))]
public sealed class MainJobTests(PostgresFixture postgres)
{
    [LinuxFact(Required)]
    public async Task Database_is_pulled_run_used_stopped_and_started_again()
    {
        await postgres.Daemon.DockerAsync("rmi", "-f", Image);
        string[] pull = (await postgres.Output("pull", Image)).Split('\n');
        Assert.Equal("15-alpine: Pulling from library/postgres", pull[0]);
        Assert.True(pull.Count(line => line.EndsWith(": Pull complete", StringComparison.Ordinal) || line.EndsWith(": Already exists", StringComparison.Ordinal)) >= 3, string.Join('\n', pull));
        Assert.Matches("^Digest: sha256:[0-9a-f]{64}$", pull[^3]);
        Assert.Equal($"Status: Downloaded newer image for {Image}", pull[^2]);
        Assert.Equal($"docker.io/library/{Image}", pull[^1]);
        string again = await postgres.Output("pull", Image);
        Assert.Contains($"Status: Image is up to date for {Image}", again, StringComparison.Ordinal);
        Assert.DoesNotContain("Pull complete", again, StringComparison.Ordinal);

        string id = await postgres.Output("run", "-d", "--name", "db-container", "-e", "POSTGRES_PASSWORD=secret123", "-p", "5432", Image);
        Assert.Matches("^[0-9a-f]{64}$", id);
        Assert.StartsWith("PostgreSQL 15", await QueryAsync("db-container", "select version()"), StringComparison.Ordinal);
        await QueryAsync("db-container", "create table kept (x text); insert into kept values ('kept'); select 'done'");
        await postgres.Output("stop", "db-container");
        Assert.Equal("0", await postgres.Output("inspect", "-f", "{{.State.ExitCode}}", "db-container"));
        await postgres.Output("start", "db-container");
        Assert.Equal("kept", await QueryAsync("db-container", "select x from kept"));
        CommandResult logs = await postgres.Daemon.DockerAsync("logs", "db-container");
        Assert.Contains("database system is ready to accept connections", logs.Output + logs.Error, StringComparison.Ordinal);
        await postgres.Output("rm", "-f", "-v", "db-container");
    }

    [LinuxFact(Required)]
    public async Task Second_container_on_the_same_port_fails_and_leaves_nothing()
    {
        await postgres.Output("run", "-d", "--name", "first", "-e", "POSTGRES_PASSWORD=x", "-p", "127.0.0.1:15432:5432", Image);
        string[] before = Directory.GetFileSystemEntries(Path.Combine(postgres.Daemon.DataRoot, "volumes"));
        CommandResult second = await postgres.Daemon.DockerAsync("run", "-d", "--rm", "-e", "POSTGRES_PASSWORD=x", "-p", "127.0.0.1:15432:5432", Image);
        Assert.Equal(125, second.ExitCode);
        Assert.Contains("Bind for 127.0.0.1:15432 failed: port is already allocated", second.Error, StringComparison.Ordinal);
        Assert.Equal("first", await postgres.Output("ps", "-a", "--format", "{{.Names}}"));
        Assert.Equal(before, Directory.GetFileSystemEntries(Path.Combine(postgres.Daemon.DataRoot, "volumes")));
        await postgres.Output("rm", "-f", "-v", "first");
    }

    [LinuxFact(Required | Needs.Skopeo)]
    public async Task Skopeo_shows_the_digest_that_pull_printed()
    {
        string pull = await postgres.Output("pull", Image);
        string digest = pull.Split('\n').First(line => line.StartsWith("Digest: ", StringComparison.Ordinal))["Digest: ".Length..];
        CommandResult skopeo = await ChildProcess.RunAsync(
            "skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", $"docker://{postgres.Registry.Address}/library/{Image}"]);
        Assert.Equal(digest, skopeo.Succeeds().Text);
    }

    [LinuxFact(Required)]
    public async Task Container_without_a_password_says_what_is_missing()
    {
        CommandResult result = await postgres.Daemon.DockerAsync("run", "--rm", Image);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("superuser password is not specified", result.Error, StringComparison.Ordinal);
    }

    private async Task<string?> QueryAsync(string container, string sql)
    {
        string port = (await postgres.Output("port", container, "5432/tcp")).Split('\n')[0].Split(':')[^1];
        string connection = $"Host=localhost;Port={port};Username=postgres;Password=secret123;Timeout=5;Pooling=false";
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await using var database = new NpgsqlConnection(connection);
                await database.OpenAsync();
                await using var command = new NpgsqlCommand(sql, database);
                return (await command.ExecuteScalarAsync()) as string;
            }
            catch (NpgsqlException) when (attempt < 150)
            {
                await Task.Delay(200);   // the server is on its way up
            }
        }
    }
}
