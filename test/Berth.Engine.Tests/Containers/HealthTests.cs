using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.TestHost;
using Berth.TestHost.Fakes;

namespace Berth.Engine.Tests.Containers;

public class HealthTests
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly HealthConfig EverySecond = new() { Test = ["CMD", "check"], Interval = 1_000_000_000, Timeout = 3_000_000_000, Retries = 2 };

    [Theory]
    [InlineData("CMD a b", "", "a b")]
    [InlineData("CMD-SHELL a", "", "/bin/sh -c a")]
    [InlineData("CMD-SHELL a", "bash -lc", "bash -lc a")]
    [InlineData("NONE", "", null)]
    [InlineData("CMD", "", null)]
    public void A_test_is_a_command_or_for_a_shell(string test, string shell, string? command)
    {
        var config = new ContainerConfig
        {
            Healthcheck = new HealthConfig { Test = test.Split(' ') },
            Shell = shell.Length == 0 ? null : shell.Split(' '),
        };

        Assert.Equal(command, HealthProbe.Of(config) is { } probe ? string.Join(' ', probe.Command) : null);
    }

    [Fact]
    public void What_is_not_said_has_dockers_defaults()
    {
        HealthProbe probe = HealthProbe.Of(new ContainerConfig { Healthcheck = new HealthConfig { Test = ["CMD", "x"] } })!;

        Assert.Equal((30.0, 30.0, 0.0, 5.0, 3L), (probe.Interval.TotalSeconds, probe.Timeout.TotalSeconds, probe.StartPeriod.TotalSeconds, probe.StartInterval.TotalSeconds, probe.Retries));
    }

    [Theory]
    [InlineData("0", "healthy 0")]
    [InlineData("1", "starting 1")]
    [InlineData("1 1", "unhealthy 2")]
    [InlineData("1 0 1", "healthy 1")]
    [InlineData("1 1 1 0", "healthy 0")]
    [InlineData("0 -1 -1", "unhealthy 2")]
    public void Failures_in_a_row_make_it_unhealthy_and_one_success_healthy(string exitCodes, string expected) =>
        Assert.Equal(expected, Run(EverySecond, exitCodes, TimeSpan.FromMinutes(1)));

    [Theory]
    [InlineData("1 1 1 1", "starting 0")]
    [InlineData("0 1 1", "unhealthy 2")]
    public void In_the_start_period_failures_do_not_count_until_it_was_healthy(string exitCodes, string expected) =>
        Assert.Equal(expected, Run(EverySecond with { StartPeriod = 60_000_000_000 }, exitCodes, TimeSpan.FromSeconds(1)));

    [Fact]
    public void The_last_five_results_are_kept()
    {
        HealthProbe probe = HealthProbe.Of(new ContainerConfig { Healthcheck = EverySecond })!;
        Health health = Enumerable.Range(1, 7).Aggregate(
            new Health { Status = "starting", Log = [] }, (before, code) => probe.After(before, new HealthcheckResult { ExitCode = code }, TimeSpan.Zero));

        Assert.Equal([3, 4, 5, 6, 7], health.Log!.Select(r => r.ExitCode));
    }

    [Theory]
    [InlineData(30_000, "30s")]
    [InlineData(90_000, "1m30s")]
    [InlineData(3_600_000, "1h0m0s")]
    [InlineData(1_500, "1.5s")]
    [InlineData(300, "300ms")]
    [InlineData(0, "0s")]
    public void Durations_are_written_as_go_writes_them(int milliseconds, string expected) =>
        Assert.Equal(expected, GoTime.Format(TimeSpan.FromMilliseconds(milliseconds)));

    [LinuxFact(TestEngine.Needs)]
    public async Task A_container_becomes_healthy_then_unhealthy_and_tells()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        int exitCode = 0;
        engine.Runtime.OnExecStarted = exec =>
        {
            exec.WriteStdout("checked\n");
            exec.Exit(exitCode);
        };
        string id = await StartAsync(engine);
        Assert.Equal("starting", engine.StateOf(id).Health!.Status);

        await AdvanceUntilAsync(engine, () => engine.StateOf(id).Health!.Status == "healthy");
        Assert.Equal((0, "checked\n"), (engine.StateOf(id).Health!.Log![^1].ExitCode, engine.StateOf(id).Health!.Log![^1].Output));
        exitCode = 3;
        await AdvanceUntilAsync(engine, () => engine.StateOf(id).Health!.Status == "unhealthy");

        Assert.True(engine.StateOf(id).Health!.FailingStreak >= 2);
        List<string> told = await engine.EventsAsync();
        Assert.Equal(["health_status: healthy", "health_status: unhealthy"], told.Where(e => e.StartsWith("health_status", StringComparison.Ordinal)));
        Assert.Contains("exec_create: check", told);
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task A_check_that_takes_too_long_is_killed_and_fails()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        FakeExecTask? hanging = null;
        engine.Runtime.OnExecStarted = exec =>
        {
            exec.WriteStderr("slow");
            hanging = exec;
        };
        string id = await StartAsync(engine);

        await AdvanceUntilAsync(engine, () => engine.StateOf(id).Health!.Log!.Count == 1);

        Assert.Contains(9, hanging!.Signals);
        Assert.Equal((-1, "Health check exceeded timeout (3s): slow"), (engine.StateOf(id).Health!.Log![0].ExitCode, engine.StateOf(id).Health!.Log![0].Output));
    }

    [LinuxFact(TestEngine.Needs)]
    public async Task Checks_end_with_the_container_and_go_on_under_a_new_daemon()
    {
        await using TestEngine engine = await TestEngine.StartAsync();
        int checks = 0;
        engine.Runtime.OnExecStarted = exec =>
        {
            Interlocked.Increment(ref checks);
            exec.Exit(0);
        };
        string id = await StartAsync(engine);
        await engine.CrashAsync();
        await engine.BeginAsync();
        await AdvanceUntilAsync(engine, () => engine.StateOf(id).Health!.Status == "healthy");

        await engine.Containers.KillAsync(id, null, None);
        int before = Volatile.Read(ref checks);
        engine.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.Yield();

        Assert.Equal(before, Volatile.Read(ref checks));
        Assert.Equal("unhealthy", engine.StateOf(id).Health!.Status);
    }

    private static string Run(HealthConfig config, string exitCodes, TimeSpan age)
    {
        HealthProbe probe = HealthProbe.Of(new ContainerConfig { Healthcheck = config })!;
        Health health = exitCodes.Split(' ').Aggregate(
            new Health { Status = "starting", Log = [] },
            (before, code) => probe.After(before, new HealthcheckResult { ExitCode = int.Parse(code, System.Globalization.CultureInfo.InvariantCulture) }, age));
        return $"{health.Status} {health.FailingStreak}";
    }

    private static async Task<string> StartAsync(TestEngine engine)
    {
        string id = await engine.CreateAsync(null, r => r with { Healthcheck = EverySecond });
        await engine.Containers.StartAsync(id, None);
        return id;
    }

    private static async Task AdvanceUntilAsync(TestEngine engine, Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            engine.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Delay(5, limit.Token);
        }
    }
}
