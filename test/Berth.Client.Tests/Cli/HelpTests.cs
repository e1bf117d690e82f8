using Berth.Cli;

namespace Berth.Client.Tests.Cli;

/// <summary>Our help is Docker's, to the letter.</summary>
public sealed class HelpTests
{
    private const int Width = 80;

    /// <summary>With a daemon docker leaves out the flags that it does not support.</summary>
    private const string NoDaemon = "unix:///nonexistent/docker.sock";

    public static TheoryData<string> Names => [.. CommandTree.Rows.SelectMany(row => row.Names)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_help_of_a_command_is_that_of_docker(string name)
    {
        CommandRow row = CommandTree.Find(name)!; // it comes from the tree
        string shown = name.Contains(' ') ? row.Names[0] : name;
        string ours = Help.ForCommand("docker", shown, row, row.Create(), Width);
        Outcome theirs = await CommandLine.DockerAsync(NoDaemon, [.. name.Split(' '), "--help"]);
        Assert.Equal(WithoutWhatWeRefuse(theirs.Output).TrimEnd(), ours.TrimEnd());
    }

    [Theory]
    [InlineData("container")]
    [InlineData("image")]
    [InlineData("network")]
    [InlineData("system")]
    [InlineData("volume")]
    public async Task The_help_of_a_noun_lists_its_verbs_as_docker_does(string noun)
    {
        Outcome theirs = await CommandLine.DockerAsync(NoDaemon, noun, "--help");
        string expected = OnlyKnown(theirs.Output, verb => CommandTree.Of(noun).Any(row => row.Verb == verb));
        Assert.Equal(expected, Help.ForNoun("docker", noun));
    }

    [Fact]
    public async Task The_help_of_the_program_lists_our_commands_as_docker_does()
    {
        string theirs = (await CommandLine.DockerAsync(NoDaemon, "--help")).Output.Replace("/nonexistent/config", Globals.ConfigDirectory.Value);
        foreach (string section in new[] { "Common Commands:", "Management Commands:", "\nCommands:" })
        {
            string expected = OnlyKnown(Section(theirs, section), name => CommandTree.IsNoun(name) || CommandTree.Find(name) is not null);
            Assert.Equal(expected, Section(Ours, section));
        }
    }

    private static GlobalOptions Globals { get; } = new();

    private static string Ours { get; } = Help.ForProgram("docker", Globals.Flags, Width);

    [Fact]
    public void The_help_names_the_program_as_it_was_called() =>
        Assert.StartsWith("Usage:  berth [OPTIONS] COMMAND\n", Help.ForProgram("berth", Globals.Flags, Width), StringComparison.Ordinal);

    [Fact]
    public void A_narrow_terminal_gets_the_text_below_the_flag()
    {
        var flags = new FlagSet();
        flags.Text("a-rather-long-name-of-a-flag", null, "What it does is told in a block of its own");
        Assert.Equal("      --a-rather-long-name-of-a-flag string   \n                What it does is told in a\n                block of its own\n", Help.FlagUsages(flags, 52));
    }

    [Fact]
    public void No_two_commands_share_a_name() =>
        Assert.Equal(CommandTree.Rows.SelectMany(row => row.Names).Distinct(), CommandTree.Rows.SelectMany(row => row.Names));

    // --use-api-socket needs to copy into the container; it is not there.
    private static string WithoutWhatWeRefuse(string help) => System.Text.RegularExpressions.Regex.Replace(help,
        @"      --use-api-socket[^\n]*\n[^\n]*required auth\n", "");

    private static string Section(string help, string title)
    {
        int start = help.IndexOf(title, StringComparison.Ordinal);
        int end = help.IndexOf("\n\n", start + 1, StringComparison.Ordinal);
        return help[start..end];
    }

    private static string OnlyKnown(string help, Func<string, bool> isKnown) => string.Join('\n', help.Split('\n')
        .Where(line => !line.StartsWith("  ", StringComparison.Ordinal) || isKnown(line.Trim().Split(' ')[0])));
}
