using Berth.EndToEnd.MainJob;
using Berth.TestHost;
using DotNet.Testcontainers.Configurations;
using DotNet.Testcontainers.Containers;
using Npgsql;
using Testcontainers.PostgreSql;

namespace Berth.EndToEnd.Clients;

/// <summary>Testcontainers for .NET with its PostgreSQL module, unchanged.</summary>
[Collection(typeof(PostgresCollection))]
public sealed class TestcontainersTests(PostgresFixture postgres)
{
    [LinuxFact(PostgresFixture.Required)]
    public async Task Database_module_starts_executes_logs_and_stops()
    {
        // The reaper is a container of an image that only the hub has.
        TestcontainersSettings.ResourceReaperEnabled = false;
        CancellationToken ct = TestContext.Current.CancellationToken;
        await using PostgreSqlContainer container = new PostgreSqlBuilder(PostgresFixture.Image)
            .WithDockerEndpoint(postgres.Daemon.Host).Build();
        await container.StartAsync(ct);

        await using (var database = new NpgsqlConnection(container.GetConnectionString()))
        {
            await database.OpenAsync(ct);
            await using var command = new NpgsqlCommand("select 40 + 2", database);
            Assert.Equal(42, await command.ExecuteScalarAsync(ct));
        }

        ExecResult query = await container.ExecAsync(["psql", "-U", "postgres", "-tAc", "select 'from inside'"], ct);
        Assert.Equal("from inside\n", query.Stdout);
        ExecResult failing = await container.ExecAsync(["sh", "-c", "echo err >&2; exit 3"], ct);
        Assert.Equal((3L, "err\n"), (failing.ExitCode, failing.Stderr));
        (string stdout, string stderr) = await container.GetLogsAsync(ct: ct);
        Assert.Contains("database system is ready to accept connections", stdout + stderr, StringComparison.Ordinal);
        await container.StopAsync(ct);
        Assert.Equal(TestcontainersStates.Exited, container.State);
    }
}
