using Berth.Api.Containers;
using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

public class ContainerWordsTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("0.9s", "Less than a second")]
    [InlineData("1s", "1 second")]
    [InlineData("59s", "59 seconds")]
    [InlineData("60s", "About a minute")]
    [InlineData("119s", "About a minute")]
    [InlineData("120s", "2 minutes")]
    [InlineData("3599s", "59 minutes")]
    [InlineData("3600s", "About an hour")]
    [InlineData("5400s", "2 hours")]
    [InlineData("169199s", "47 hours")]
    [InlineData("172800s", "2 days")]
    [InlineData("1209600s", "2 weeks")]
    [InlineData("5184000s", "2 months")]
    [InlineData("63072000s", "2 years")]
    public void Durations_read_as_in_docker_ps(string duration, string words) =>
        Assert.Equal(words, HumanDuration.Of(TimeSpan.FromSeconds(double.Parse(duration[..^1], System.Globalization.CultureInfo.InvariantCulture))));

    [Fact]
    public void The_status_column_has_dockers_words()
    {
        var state = new ContainerRunState { StartedAt = Now - TimeSpan.FromSeconds(3), FinishedAt = Now - TimeSpan.FromMinutes(2), ExitCode = 7 };

        Assert.Equal("Created", Text(state with { Status = ContainerStatus.Created }));
        Assert.Equal("Up 3 seconds", Text(state with { Status = ContainerStatus.Running }));
        Assert.Equal("Up 3 seconds (Paused)", Text(state with { Status = ContainerStatus.Paused }));
        Assert.Equal("Restarting (7) 2 minutes ago", Text(state with { Status = ContainerStatus.Restarting }));
        Assert.Equal("Exited (7) 2 minutes ago", Text(state with { Status = ContainerStatus.Exited }));
        Assert.Equal("Removal In Progress", Text(state with { Status = ContainerStatus.Removing }));
        Assert.Equal("Dead", Text(state with { Status = ContainerStatus.Dead }));
    }

    [Theory]
    [InlineData("starting", "Up 3 seconds (health: starting)")]
    [InlineData("healthy", "Up 3 seconds (healthy)")]
    [InlineData("unhealthy", "Up 3 seconds (unhealthy)")]
    [InlineData("none", "Up 3 seconds")]
    public void The_status_column_tells_health(string health, string expected) => Assert.Equal(expected, Text(new ContainerRunState
    {
        Status = ContainerStatus.Running, StartedAt = Now - TimeSpan.FromSeconds(3), Health = new Health { Status = health },
    }));

    [Theory]
    [InlineData(0, "2026-01-02T03:04:05Z")]
    [InlineData(5000000, "2026-01-02T03:04:05.5Z")]
    [InlineData(1234567, "2026-01-02T03:04:05.1234567Z")]
    public void Times_are_written_as_go_writes_them(long ticks, string expected) => Assert.Equal(expected, GoTime.Format(Now.AddTicks(ticks)));

    [Fact]
    public void A_time_that_never_was_is_gos_zero() => Assert.Equal("0001-01-01T00:00:00Z", GoTime.Format(null));

    [Theory]
    [InlineData("9", 9)]
    [InlineData("KILL", 9)]
    [InlineData("SIGKILL", 9)]
    [InlineData("sigterm", 15)]
    [InlineData("usr1", 10)]
    [InlineData("SIGRTMIN+3", 37)]
    [InlineData("RTMAX-1", 63)]
    [InlineData("64", 64)]
    public void Signals_are_read_by_name_and_number(string text, int expected) => Assert.Equal(expected, Signals.Parse(text));

    [Theory]
    [InlineData("FOO", "invalid signal: FOO")]
    [InlineData("0", "invalid signal: 0")]
    [InlineData("SIG", "invalid signal: SIG")]
    [InlineData("65", "the linux daemon does not support signal 65")]
    [InlineData("-1", "the linux daemon does not support signal -1")]
    public void What_is_no_signal_is_refused(string text, string sentence)
    {
        EngineException refusal = Assert.Throws<EngineException>(() => Signals.Parse(text));

        Assert.Equal(ErrorKind.InvalidParameter, refusal.Kind);
        Assert.Equal(sentence, refusal.Message);
    }

    [Theory]
    [InlineData("web", "web")]
    [InlineData("/web", "web")]
    [InlineData("a.b-c_d1", "a.b-c_d1")]
    public void Names_lose_their_slash(string name, string expected) => Assert.Equal(expected, ContainerNames.Validate(name));

    [Theory]
    [InlineData("_")]
    [InlineData("a")]
    [InlineData("-a")]
    [InlineData("//ab")]
    [InlineData("a b")]
    [InlineData("ab\n")]
    [InlineData("äb")]
    public void What_is_no_name_is_refused(string name) =>
        Assert.Equal(
            $"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed",
            Assert.Throws<EngineException>(() => ContainerNames.Validate(name)).Message);

    [Fact]
    public void Made_up_names_are_names_and_get_a_digit_when_tried_again()
    {
        for (int i = 0; i < 200; i++)
        {
            Assert.Matches("^[a-z]+_[a-z]+$", ContainerNames.Validate(ContainerNames.MakeUp(0)));
            Assert.Matches("^[a-z]+_[a-z]+[0-9]$", ContainerNames.Validate(ContainerNames.MakeUp(1)));
        }
    }

    [Fact]
    public void No_word_stands_twice_in_the_lists_of_made_up_names()
    {
        Assert.Equal(ContainerNameWords.Adjectives.Distinct(), ContainerNameWords.Adjectives);
        Assert.Equal(ContainerNameWords.Surnames.Distinct(), ContainerNameWords.Surnames);
    }

    private static string Text(ContainerRunState state) => ContainerStatusText.Of(state, Now);
}
