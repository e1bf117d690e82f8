using System.Net;

namespace Berth.Registry.Tests;

public sealed class CommandLineTests
{
    [Fact]
    public void Serve_takes_its_flags_in_both_forms()
    {
        RegistryOptions options = CommandLine.Parse(["serve", "--addr", "0.0.0.0:80", "--root=/data", "--read-only", "--disable-delete"]).Options;

        Assert.Equal(new IPEndPoint(IPAddress.Any, 80), options.Address);
        Assert.Equal("/data", options.Root);
        Assert.True(options.IsReadOnly);
        Assert.True(options.RefusesDeletion);
    }

    [Theory]
    [InlineData("localhost:5000", "127.0.0.1:5000")]
    [InlineData(":5000", "[::]:5000")]
    [InlineData("[::1]:1", "[::1]:1")]
    public void An_address_has_the_usual_short_forms(string text, string expected) =>
        Assert.Equal(IPEndPoint.Parse(expected), CommandLine.Parse(["serve", "--addr", text]).Options.Address);

    [Theory]
    [InlineData("a command is missing")]
    [InlineData("unknown command: run", "run")]
    [InlineData("unknown flag: --bogus", "serve", "--bogus")]
    [InlineData("unknown flag: --read-only=no", "serve", "--read-only=no")]
    [InlineData("unexpected argument: here", "serve", "here")]
    [InlineData("flag needs an argument: --root", "serve", "--root")]
    [InlineData("flag needs an argument: --root", "serve", "--root=")]
    [InlineData("invalid address \"5000\": want HOST:PORT", "serve", "--addr", "5000")]
    [InlineData("invalid address \"example.org:1\": the host must be an IP address", "serve", "--addr", "example.org:1")]
    [InlineData("no such file: /nowhere/cert.pem", "serve", "--tls-cert", "/nowhere/cert.pem")]
    [InlineData("--tls-cert and --tls-key go together", "serve", "--tls-cert", "/dev/null")]
    public void What_makes_no_sense_is_named(string message, params string[] words)
    {
        UsageException refusal = Assert.Throws<UsageException>(() => CommandLine.Parse(words));
        Assert.Equal(message, refusal.Message);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("help")]
    [InlineData("serve", "--help")]
    public void Help_is_asked_for_in_every_usual_way(params string[] words) => Assert.True(CommandLine.Parse(words).WantsHelp);
}
