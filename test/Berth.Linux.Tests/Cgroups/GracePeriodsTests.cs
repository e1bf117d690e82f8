using Berth.Linux.Cgroups;
using Berth.TestHost;

namespace Berth.Linux.Tests.Cgroups;

public sealed class GracePeriodsTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Switch => _scratch.File("switch");
    private string Marker => _scratch.File("marker");

    [Fact]
    public void Switch_is_on_while_anybody_waits_and_off_afterwards()
    {
        GracePeriods gracePeriods = With("0\n");
        gracePeriods.Shorten(() =>
        {
            gracePeriods.Shorten(() => Assert.Equal((1, true), State()));
            Assert.Equal((1, true), State());
        });
        Assert.Equal((0, false), State());
    }

    [Fact]
    public void Switch_is_off_after_a_failure()
    {
        GracePeriods gracePeriods = With("0\n");
        Assert.Throws<InvalidOperationException>(() => gracePeriods.Shorten(() => throw new InvalidOperationException()));
        Assert.Equal((0, false), State());
    }

    [Fact]
    public void Switch_is_off_at_the_end_whoever_still_waits_and_stays_off()
    {
        GracePeriods gracePeriods = With("0\n");
        gracePeriods.Shorten(() =>
        {
            gracePeriods.Dispose();
            Assert.Equal((0, false), State());
        });
        gracePeriods.Shorten(() => Assert.Equal((0, false), State()));
        Assert.Equal((0, false), State());
    }

    [Fact]
    public void Switch_that_the_operator_turned_on_stays_on()
    {
        With("1\n").Shorten(() => Assert.Equal((1, false), State()));
        Assert.Equal((1, false), State());
    }

    [Fact]
    public void What_a_killed_daemon_left_on_is_switched_off()
    {
        File.WriteAllText(Marker, "");
        With("1\n");
        Assert.Equal((0, false), State());
    }

    [Fact]
    public void Without_a_place_for_the_marker_nothing_is_switched()
    {
        File.WriteAllText(Switch, "0\n");
        new GracePeriods(_scratch.File("missing/marker"), Switch).Shorten(() => Assert.Equal((0, false), State()));
    }

    [Fact]
    public void Action_runs_where_there_is_no_switch()
    {
        bool ran = false;
        new GracePeriods(Marker, _scratch.File("missing")).Shorten(() => ran = true);
        Assert.True(ran);
        Assert.False(File.Exists(Marker));
    }

    public void Dispose() => _scratch.Dispose();

    private GracePeriods With(string value)
    {
        File.WriteAllText(Switch, value);
        return new GracePeriods(Marker, Switch);
    }

    private (int Switch, bool Marker) State() => (File.ReadAllText(Switch)[0] - '0', File.Exists(Marker));
}
