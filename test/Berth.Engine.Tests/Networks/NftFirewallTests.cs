using Berth.Engine.Networks;
using Berth.TestHost;
using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Engine.Tests.Networks;

public sealed class NftFirewallTests : FirewallContract, IDisposable
{
    private readonly TestNetwork? _network = Machine.WhyNot(Needs.Network) is null ? new TestNetwork() : null;
    private NftFirewall? _firewall;

    private protected override IFirewall Firewall => _firewall ??= new NftFirewall(Network.Options, Network.Host, NullLoggerFactory.Instance);

    private TestNetwork Network => _network ?? throw new InvalidOperationException("skipped where there is no network");

    [LinuxFact(Needs.Network)]
    public void Before_the_first_replacement_nothing_is_in_force() => Nothing_is_in_force_before_the_first_replacement();

    [LinuxFact(Needs.Network)]
    public void Doing_twice_is_doing_once() => Whatever_is_done_twice_is_done_once();

    [LinuxFact(Needs.Network)]
    public void A_taken_port_is_refused() => A_port_that_leads_elsewhere_already_is_refused_with_all_that_came_with_it();

    /// <summary>One element in each set: the kernel lists several in an order of its own.</summary>
    [LinuxFact(Needs.Network)]
    public void The_kernel_has_what_we_mean()
    {
        Firewall.Replace([Front], [Web]);
        Golden("front.nft", TestFirewall.List(Network, "berth"));

        Firewall.Replace([Vault], [Dns]);
        Golden("vault.nft", TestFirewall.List(Network, "berth"));
    }

    [LinuxFact(Needs.Network)]
    public void Step_by_step_comes_to_the_same_as_at_once()
    {
        Firewall.Replace([], []);
        string empty = TestFirewall.List(Network, "berth");
        Firewall.AddNetwork(Front);
        Firewall.AddNetwork(Vault);
        Firewall.Publish([Web, Dns]);
        Firewall.Unpublish([Dns]);
        Firewall.RemoveNetwork(Vault);
        Golden("front.nft", TestFirewall.List(Network, "berth"));

        Firewall.Unpublish([Web]);
        Firewall.RemoveNetwork(Front);
        Assert.Equal(empty, TestFirewall.List(Network, "berth"));
    }

    [LinuxFact(Needs.Network)]
    public void Other_tables_are_not_touched()
    {
        TestFirewall.Run(Network, "table ip filter {\n chain FORWARD {\n type filter hook forward priority filter; policy drop;\n }\n}");
        string before = TestFirewall.List(Network, "filter", "ip");

        Firewall.Replace([Front], [Web]);
        Firewall.Unpublish([Web]);

        Assert.Equal(before, TestFirewall.List(Network, "filter", "ip"));
    }

    [Theory]
    [InlineData("berth0", "berth")]
    [InlineData("docker0", "berth-docker0")]
    [InlineData("br.7", "berth-br-7")]
    public void Every_daemon_has_a_table_of_its_own(string bridge, string table) => Assert.Equal(table, NftTable.Name(bridge));

    public void Dispose() => _network?.Dispose();

    /// <summary>BERTH_UPDATE_GOLDEN=1 rewrites the file: the diff is the review.</summary>
    private static void Golden(string name, string actual)
    {
        string path = Path.Combine(Machine.ProjectRoot, "test", "Berth.Engine.Tests", "Networks", "testdata", name);
        if (Environment.GetEnvironmentVariable("BERTH_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, actual);
        }

        Assert.Equal(File.ReadAllText(path), actual);
    }
}
