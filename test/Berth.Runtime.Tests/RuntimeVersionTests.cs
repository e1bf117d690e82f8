using Berth.TestHost;

namespace Berth.Runtime.Tests;

public sealed class RuntimeVersionTests
{
    [Theory]
    [InlineData("runc version 1.1.5+ds1\ncommit: 1.1.5+ds1-1+deb12u1\nspec: 1.0.2-dev\n", "1.1.5+ds1", "1.1.5+ds1-1+deb12u1")]
    [InlineData("crun version 1.8.1\ncommit: f8a096be\nrundir: /run/crun\nspec: 1.0.0\n", "1.8.1", "f8a096be")]
    [InlineData("runsc version release-1\n", "release-1", "")]
    public void Every_runtime_answers_in_runcs_form(string text, string version, string commit) =>
        Assert.Equal(new RuntimeVersion(version, commit), RuntimeVersion.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("usage: what\n")]
    public void Another_answer_is_none(string text) => Assert.Null(RuntimeVersion.Parse(text));

    [LinuxFact(Needs.OciRuntime)]
    public void The_runtime_of_this_machine_is_asked()
    {
        string path = (Machine.FindOnPath("crun") ?? Machine.FindOnPath("runc"))!; // the attribute saw to it

        Assert.NotEmpty(RuntimeVersion.Ask(path)!.Version);
        Assert.Null(RuntimeVersion.Ask("/bin/false"));
        Assert.Null(RuntimeVersion.Ask("/no/such/program"));
    }
}
