using Berth.Linux.Nftables;

namespace Berth.Engine.Tests.Networks;

/// <summary>Looks at the kernel's rules in a test's own host.</summary>
internal static class TestFirewall
{
    public static string List(TestNetwork network, string table, string family = "inet") => network.InHost(() =>
    {
        using var ruleset = new Ruleset();
        return ruleset.Run($"list table {family} {table}");
    });

    public static string ListAll(TestNetwork network) => network.InHost(() =>
    {
        using var ruleset = new Ruleset();
        return ruleset.Run("list ruleset");
    });

    public static void Run(TestNetwork network, string commands) => network.InHost(() =>
    {
        using var ruleset = new Ruleset();
        return ruleset.Run(commands);
    });
}
