using Berth.Linux.Namespaces;
using Berth.Linux.Nftables;
using Berth.TestHost;

namespace Berth.Linux.Tests.Nftables;

public sealed class RulesetTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Pin => _scratch.File("ns");

    [LinuxFact(Needs.Network)]
    public void Commands_are_carried_out_all_or_none()
    {
        using Ruleset ruleset = Open();
        ruleset.Run("table inet t {\n set s {\n type inet_service\n }\n}");

        NftException e = Assert.Throws<NftException>(() => ruleset.Run("add element inet t s { 80 }\nadd element inet nix s { 81 }"));

        Assert.Contains("No such file or directory", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("80", ruleset.Run("list table inet t"), StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Network)]
    public void An_error_is_told_once_and_the_next_command_works()
    {
        using Ruleset ruleset = Open();

        Assert.Contains("syntax error", Assert.Throws<NftException>(() => ruleset.Run("nonsense")).Message, StringComparison.Ordinal);
        ruleset.Run("table inet t { }");
        Assert.Equal("table inet t {\n}\n", ruleset.Run("list ruleset"));
    }

    [LinuxFact(Needs.Network)]
    public void The_namespace_is_the_one_it_was_opened_in()
    {
        using Ruleset ruleset = Open();
        ruleset.Run("table inet only_here { }");

        string elsewhere = NetNamespace.RunInside(Pin, () =>
        {
            using var other = new Ruleset();
            return other.Run("list ruleset");
        });
        using var outside = new Ruleset();

        Assert.Contains("only_here", elsewhere, StringComparison.Ordinal);
        Assert.DoesNotContain("only_here", outside.Run("list tables"), StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Network)]
    public void Nothing_is_done_after_the_end()
    {
        Ruleset ruleset = Open();
        ruleset.Dispose();
        ruleset.Dispose();

        Assert.Throws<ObjectDisposedException>(() => ruleset.Run("list ruleset"));
    }

    public void Dispose()
    {
        if (Machine.WhyNot(Needs.Network) is null)
        {
            NetNamespace.Delete(Pin);
        }

        _scratch.Dispose();
    }

    private Ruleset Open() => NetNamespace.Create(Pin, _ => new Ruleset());
}
