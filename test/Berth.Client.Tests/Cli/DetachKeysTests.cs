using System.Text;
using Berth.Cli;

namespace Berth.Client.Tests.Cli;

public sealed class DetachKeysTests
{
    private static (string Sent, bool Left) Type(string keys, params string[] typed)
    {
        DetachKeys detach = DetachKeys.Parse(keys);
        var sent = new List<byte>();
        bool left = false;
        foreach (string piece in typed)
        {
            left = detach.Filter(Encoding.Latin1.GetBytes(piece), sent);
            if (left)
            {
                break;
            }
        }

        return (Encoding.Latin1.GetString([.. sent]), left);
    }

    [Fact]
    public void The_sequence_leaves_and_is_not_sent() => Assert.Equal(("abc", true), Type(DetachKeys.Default, "abc\x10\x11 more"));

    [Fact]
    public void The_sequence_may_come_in_pieces() => Assert.Equal(("a", true), Type(DetachKeys.Default, "a\x10", "\x11"));

    [Fact]
    public void A_part_of_the_sequence_is_held_back_until_it_is_known_to_be_none()
    {
        Assert.Equal(("a", false), Type(DetachKeys.Default, "a\x10"));
        Assert.Equal(("a\x10" + "b", false), Type(DetachKeys.Default, "a\x10", "b"));
    }

    [Fact]
    public void The_first_key_twice_sends_it_once() => Assert.Equal(("\x10", true), Type(DetachKeys.Default, "\x10\x10\x11"));

    [Fact]
    public void A_sequence_that_overlaps_itself_is_still_found() => Assert.Equal(("a", true), Type("a,a,b", "aaab"));

    [Theory]
    [InlineData("ctrl-c", "\x03")]
    [InlineData("CTRL-@", "\0")]
    [InlineData("ctrl-_", "\x1f")]
    [InlineData("DEL", "\x7f")]
    [InlineData("x,y", "xy")]
    public void Keys_have_names(string keys, string typed) => Assert.Equal(("", true), Type(keys, typed));

    [Theory]
    [InlineData("ctrl-1")]
    [InlineData("ab")]
    [InlineData("a,,b")]
    public void Unknown_keys_are_refused(string keys) => Assert.Throws<CommandException>(() => DetachKeys.Parse(keys));
}
