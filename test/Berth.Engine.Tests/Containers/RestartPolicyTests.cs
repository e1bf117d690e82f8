using Berth.Api.Containers;
using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

public class RestartPolicyTests
{
    [Theory]
    [InlineData("no", 0, 1, 0, false, false)]
    [InlineData("", 0, 1, 0, false, false)]
    [InlineData("always", 0, 0, 1000, false, true)]
    [InlineData("always", 0, 0, 0, true, false)]
    [InlineData("unless-stopped", 0, 137, 0, false, true)]
    [InlineData("unless-stopped", 0, 137, 0, true, false)]
    [InlineData("on-failure", 0, 0, 0, false, false)]
    [InlineData("on-failure", 0, 1, 1000, false, true)]
    [InlineData("on-failure", 3, 1, 2, false, true)]
    [InlineData("on-failure", 3, 1, 3, false, false)]
    [InlineData("on-failure", 3, 1, 0, true, false)]
    public void A_policy_decides_after_an_exit(string policy, int maximum, int exitCode, int restarts, bool manuallyStopped, bool expected) =>
        Assert.Equal(expected, RestartPolicyDecision.AfterExit(Policy(policy, maximum), exitCode, restarts, manuallyStopped));

    [Theory]
    [InlineData("always", true, false, 0, true)]
    [InlineData("unless-stopped", true, false, 0, false)]
    [InlineData("unless-stopped", false, false, 0, true)]
    [InlineData("on-failure", false, false, 1, false)]
    [InlineData("on-failure", false, true, 1, true)]
    [InlineData("on-failure", false, true, 0, false)]
    [InlineData("no", false, true, 1, false)]
    public void A_policy_decides_when_the_daemon_starts(string policy, bool manuallyStopped, bool unattended, int exitCode, bool expected)
    {
        var state = new ContainerRunState
        {
            Status = ContainerStatus.Exited, StartedAt = DateTimeOffset.UnixEpoch, ManuallyStopped = manuallyStopped, ExitCode = exitCode,
        };

        Assert.Equal(expected, RestartPolicyDecision.AtDaemonStart(Policy(policy, 0), state, unattended));
    }

    [Fact]
    public void What_was_never_started_is_not_started_by_a_policy() =>
        Assert.False(RestartPolicyDecision.AtDaemonStart(Policy("always", 0), new ContainerRunState(), unattended: false));

    [Fact]
    public void The_wait_doubles_from_a_tenth_of_a_second_to_a_minute_and_starts_over_after_a_long_run()
    {
        var backoff = new RestartBackoff();

        double[] waits = [.. Enumerable.Range(0, 12).Select(_ => backoff.Next(TimeSpan.FromSeconds(1)).TotalMilliseconds)];

        Assert.Equal([100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 51200, 60000, 60000], waits);
        Assert.Equal(TimeSpan.FromMilliseconds(100), backoff.Next(TimeSpan.FromSeconds(10)));
        backoff.Next(TimeSpan.Zero);
        backoff.Reset();
        Assert.Equal(TimeSpan.FromMilliseconds(100), backoff.Next(TimeSpan.Zero));
    }

    private static RestartPolicy Policy(string name, int maximum) => new() { Name = name, MaximumRetryCount = maximum };
}
