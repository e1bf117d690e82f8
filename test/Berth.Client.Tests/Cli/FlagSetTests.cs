using Berth.Cli;

namespace Berth.Client.Tests.Cli;

public sealed class FlagSetTests
{
    private readonly FlagSet _flags = new();
    private readonly Flag<bool> _all;
    private readonly Flag<bool> _quiet;
    private readonly Flag<string> _name;
    private readonly Flag<long> _last;
    private readonly ListFlag<string> _env;

    public FlagSetTests()
    {
        _all = _flags.Switch("all", 'a', "");
        _quiet = _flags.Switch("quiet", 'q', "", initial: true);
        _name = _flags.Text("name", 'n', "");
        _last = _flags.Integer("last", 'l', "", -1);
        _env = _flags.List("env", 'e', "");
    }

    [Fact]
    public void A_value_follows_or_is_joined_by_an_equals_sign_or_nothing()
    {
        Assert.Equal(["image"], _flags.Parse(["--name", "x", "--env=A=1", "-eB=2", "-e", "C", "-l=7", "image"]));
        Assert.Equal("x", _name.Value);
        Assert.Equal(["A=1", "B=2", "C"], _env.Values);
        Assert.Equal(7, _last.Value);
    }

    [Fact]
    public void Switches_stand_in_a_cluster_and_the_last_may_take_a_value()
    {
        Assert.Empty(_flags.Parse(["-anx"]));
        Assert.True(_all.Value);
        Assert.Equal("x", _name.Value);
    }

    [Theory]
    [InlineData("--quiet=false", false)]
    [InlineData("--quiet=F", false)]
    [InlineData("-q=0", false)]
    [InlineData("--quiet=T", true)]
    public void A_switch_takes_a_truth_value_only_with_an_equals_sign(string word, bool expected)
    {
        Assert.Equal(["false"], _flags.Parse([word, "false"]));
        Assert.Equal(expected, _quiet.Value);
    }

    [Fact]
    public void Flags_may_follow_words_unless_the_first_word_ends_them()
    {
        Assert.Equal(["one", "two"], _flags.Parse(["one", "-a", "two"]));
        Assert.True(_all.Value);

        var flags = new FlagSet { Interspersed = false };
        Flag<bool> all = flags.Switch("all", 'a', "");
        Assert.Equal(["one", "-a", "--other"], flags.Parse(["one", "-a", "--other"]));
        Assert.False(all.Value);
    }

    [Fact]
    public void Two_dashes_end_the_flags_and_one_dash_is_a_word()
    {
        Assert.Equal(["-", "-a", "--"], _flags.Parse(["-", "--", "-a", "--"]));
        Assert.False(_all.Value);
    }

    [Theory]
    [InlineData("unknown flag: --bogus", "--bogus")]
    [InlineData("unknown flag: --bogus", "--bogus=1")]
    [InlineData("unknown shorthand flag: 'Z' in -Z", "-aZ")]
    [InlineData("unknown shorthand flag: 'Z' in -Zq", "-Zq")]
    [InlineData("flag needs an argument: --name", "--name")]
    [InlineData("flag needs an argument: 'n' in -n", "-an")]
    [InlineData("bad flag syntax: ---name", "---name")]
    [InlineData("invalid argument \"x\" for \"-l, --last\" flag: strconv.ParseInt: parsing \"x\": invalid syntax", "-l", "x")]
    [InlineData("invalid argument \"9223372036854775808\" for \"-l, --last\" flag: strconv.ParseInt: parsing \"9223372036854775808\": value out of range", "-l", "9223372036854775808")]
    [InlineData("invalid argument \"maybe\" for \"-a, --all\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax", "--all=maybe")]
    public void What_cannot_be_read_is_refused_with_the_words_of_pflag(string expected, params string[] words) =>
        Assert.Equal(expected, Assert.Throws<FlagException>(() => _flags.Parse(words)).Message);

    [Fact]
    public void Help_stops_the_parsing()
    {
        _flags.Parse(["--help", "--bogus"]);
        Assert.True(_flags.WantsHelp);
        Assert.False(_flags.WantsHelpByShorthand);
    }

    [Fact]
    public void An_older_name_sets_the_flag_that_replaced_it()
    {
        _flags.Add(new AliasFlag("count", _last));
        _flags.Parse(["--count", "0x10"]);
        Assert.Equal(16, _last.Value);
        Assert.True(_last.IsChanged);
    }
}
