using Berth.Engine.Networks;

namespace Berth.Engine.Tests.Networks;

public sealed class RecordingFirewallTests : FirewallContract
{
    private protected override IFirewall Firewall { get; } = new RecordingFirewall();

    [Fact]
    public void Before_the_first_replacement_nothing_is_in_force() => Nothing_is_in_force_before_the_first_replacement();

    [Fact]
    public void Doing_twice_is_doing_once() => Whatever_is_done_twice_is_done_once();

    [Fact]
    public void A_taken_port_is_refused() => A_port_that_leads_elsewhere_already_is_refused_with_all_that_came_with_it();
}
