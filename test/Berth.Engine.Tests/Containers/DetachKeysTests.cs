using System.Buffers;
using System.Text;
using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

public sealed class DetachKeysTests
{
    private const string ControlP = "\u0010";
    private const string ControlQ = "\u0011";

    [Theory]
    [InlineData(null, ControlP + ControlQ)]
    [InlineData("", ControlP + ControlQ)]
    [InlineData("ctrl-x,a", "\u0018a")]
    [InlineData("ctrl-@,ctrl-[,ctrl-\\,ctrl-],ctrl-^,ctrl-_", "\u0000\u001b\u001c\u001d\u001e\u001f")]
    [InlineData("DEL", "\u007f")]
    public void The_sequence_detaches(string? keys, string typed) => Assert.Equal(("", true), Type(DetachKeys.Parse(keys), typed));

    [Theory]
    [InlineData("ctrl-A")]
    [InlineData("ctrl-")]
    [InlineData("ab")]
    [InlineData("a,,b")]
    [InlineData("é")]
    [InlineData("shift-a")]
    public void What_is_no_key_is_refused(string keys) =>
        Assert.Equal($"Invalid detach keys ({keys}) provided", Assert.Throws<EngineException>(() => DetachKeys.Parse(keys)).Message);

    [Fact]
    public void A_sequence_in_pieces_detaches_and_what_came_before_goes_through()
    {
        DetachKeys keys = DetachKeys.Parse(null);

        Assert.Equal(("ls\n", false), Type(keys, "ls\n" + ControlP));
        Assert.Equal(("", true), Type(keys, ControlQ + "lost"));
    }

    [Fact]
    public void A_start_that_leads_nowhere_is_handed_out()
    {
        DetachKeys keys = DetachKeys.Parse(null);

        Assert.Equal(("", false), Type(keys, ControlP));
        Assert.Equal((ControlP + "x", false), Type(keys, "x"));
    }

    [Fact]
    public void The_first_key_twice_begins_anew()
    {
        Assert.Equal((ControlP, true), Type(DetachKeys.Parse(null), ControlP + ControlP + ControlQ));
        Assert.Equal(("aab", true), Type(DetachKeys.Parse("a,a,b,a,a,c"), "aabaabaac"));
    }

    [Fact]
    public void What_is_held_back_comes_out_when_the_input_ends()
    {
        DetachKeys keys = DetachKeys.Parse(null);
        var output = new ArrayBufferWriter<byte>();
        keys.Filter(Encoding.UTF8.GetBytes(ControlP), output);

        keys.Flush(output);

        Assert.Equal(ControlP, Encoding.UTF8.GetString(output.WrittenSpan));
    }

    private static (string Passed, bool Detached) Type(DetachKeys keys, string typed)
    {
        var output = new ArrayBufferWriter<byte>();
        bool detached = keys.Filter(Encoding.UTF8.GetBytes(typed), output);
        return (Encoding.UTF8.GetString(output.WrittenSpan), detached);
    }
}
