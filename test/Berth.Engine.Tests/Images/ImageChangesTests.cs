using Berth.Api.Containers;
using Berth.Engine.Images;

namespace Berth.Engine.Tests.Images;

public sealed class ImageChangesTests
{
    private static readonly ContainerConfig Base = new()
    {
        Env = ["PATH=/usr/bin", "NAME=world"],
        Cmd = ["old"],
        WorkingDir = "/srv",
        Labels = new Dictionary<string, string> { ["kept"] = "1" },
    };

    [Fact]
    public void No_changes_change_nothing() => Assert.Same(Base, ImageChanges.Apply(Base, []));

    [Theory]
    [InlineData("CMD [\"a\", \"b c\"]", new[] { "a", "b c" })]
    [InlineData("CMD a \"b c\"", new[] { "/bin/sh", "-c", "a \"b c\"" })]
    [InlineData("cmd [a, b]", new[] { "/bin/sh", "-c", "[a, b]" })]
    [InlineData("CMD []", new string[0])]
    public void Commands_are_read_in_both_forms(string change, string[] expected) => Assert.Equal(expected, ImageChanges.Apply(Base, [change]).Cmd);

    [Fact]
    public void A_new_entrypoint_drops_the_old_command_but_not_a_new_one()
    {
        Assert.Null(ImageChanges.Apply(Base, ["ENTRYPOINT [\"e\"]"]).Cmd);
        ContainerConfig both = ImageChanges.Apply(Base, ["CMD [\"c\"]", "ENTRYPOINT [\"e\"]"]);
        Assert.Equal(["e"], both.Entrypoint);
        Assert.Equal(["c"], both.Cmd);
    }

    [Theory]
    [InlineData("ENV A=1 B='two words' C=\"$NAME\" D=\\$NAME", new[] { "PATH=/usr/bin", "NAME=world", "A=1", "B=two words", "C=world", "D=$NAME" })]
    [InlineData("ENV GREETING hello  $NAME", new[] { "PATH=/usr/bin", "NAME=world", "GREETING=hello  world" })]
    [InlineData("ENV NAME=new PATH=$PATH:/x", new[] { "PATH=/usr/bin:/x", "NAME=new" })]
    [InlineData("ENV X=${NONE:-else} Y=${NAME:+set} Z=${NONE}", new[] { "PATH=/usr/bin", "NAME=world", "X=else", "Y=set", "Z=" })]
    public void Environment_is_expanded_and_replaced(string change, string[] expected) => Assert.Equal(expected, ImageChanges.Apply(Base, [change]).Env);

    [Fact]
    public void Every_other_instruction_changes_its_field()
    {
        ContainerConfig config = ImageChanges.Apply(Base,
        [
            "LABEL a=b \"c d\"=\"e f\"", "EXPOSE 80 8000-8002/udp", "VOLUME [\"/data\"]", "VOLUME /a /b", "USER $NAME", "WORKDIR sub/../dir",
            "STOPSIGNAL SIGQUIT", "ONBUILD RUN make", "HEALTHCHECK --interval=1m30s --retries=3 CMD curl -f http://localhost",
        ]);
        Assert.Equal(("1", "b", "e f"), (config.Labels!["kept"], config.Labels["a"], config.Labels["c d"]));
        Assert.Equal(["80/tcp", "8000/udp", "8001/udp", "8002/udp"], config.ExposedPorts!.Keys.Order());
        Assert.Equal(["/a", "/b", "/data"], config.Volumes!.Keys.Order());
        Assert.Equal(("world", "/srv/dir", "SIGQUIT"), (config.User, config.WorkingDir, config.StopSignal));
        Assert.Equal(["RUN make"], config.OnBuild);
        Assert.Equal(["CMD-SHELL", "curl -f http://localhost"], config.Healthcheck!.Test);
        Assert.Equal((90_000_000_000, 3), (config.Healthcheck.Interval, config.Healthcheck.Retries));
    }

    [Fact]
    public void Healthchecks_have_three_forms()
    {
        Assert.Equal(["NONE"], ImageChanges.Apply(Base, ["HEALTHCHECK NONE"]).Healthcheck!.Test);
        Assert.Equal(["CMD", "a", "b"], ImageChanges.Apply(Base, ["HEALTHCHECK CMD [\"a\",\"b\"]"]).Healthcheck!.Test);
        Assert.Equal(["CMD-SHELL", "a b"], ImageChanges.Apply(Base, ["healthcheck cmd a b"]).Healthcheck!.Test);
    }

    [Theory]
    [InlineData("RUN x", "run is not a valid change command")]
    [InlineData("FOO x", "dockerfile parse error on line 1: unknown instruction: FOO")]
    [InlineData("ENV", "ENV requires at least one argument")]
    [InlineData("ENV A", "ENV must have two arguments")]
    [InlineData("ENV A=1 B", "Syntax error - can't find = in \"B\". Must be of the form: name=value")]
    [InlineData("ENV =1", "ENV names can not be blank")]
    [InlineData("LABEL", "LABEL requires at least one argument")]
    [InlineData("ENV A='x", "unexpected end of statement while looking for matching single-quote")]
    [InlineData("USER", "USER requires exactly one argument")]
    [InlineData("WORKDIR", "WORKDIR requires exactly one argument")]
    [InlineData("EXPOSE", "EXPOSE requires at least one argument")]
    [InlineData("EXPOSE x", "invalid containerPort: x")]
    [InlineData("EXPOSE 80/xyz", "invalid proto: xyz")]
    [InlineData("VOLUME []", "VOLUME requires at least one argument")]
    [InlineData("VOLUME [\" \"]", "VOLUME specified can not be an empty string")]
    [InlineData("STOPSIGNAL", "STOPSIGNAL requires exactly one argument")]
    [InlineData("ONBUILD", "ONBUILD requires at least one argument")]
    [InlineData("ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("ONBUILD ONBUILD RUN x", "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")]
    [InlineData("HEALTHCHECK", "HEALTHCHECK requires at least one argument")]
    [InlineData("HEALTHCHECK FOO", "Unknown type \"FOO\" in HEALTHCHECK (try CMD)")]
    [InlineData("HEALTHCHECK CMD", "Missing command after HEALTHCHECK CMD")]
    [InlineData("HEALTHCHECK NONE x", "HEALTHCHECK NONE takes no arguments")]
    [InlineData("HEALTHCHECK --interval=x CMD y", "time: invalid duration \"x\"")]
    public void What_is_wrong_is_told_in_dockerds_words(string change, string sentence)
    {
        EngineException e = Assert.Throws<EngineException>(() => ImageChanges.Apply(Base, [change]));
        Assert.Equal((ErrorKind.InvalidParameter, sentence), (e.Kind, e.Message));
    }

    [Fact]
    public void Comments_and_continued_lines_are_understood() =>
        Assert.Equal(["/bin/sh", "-c", "a  b"], ImageChanges.Apply(Base, ["# a comment", "", "CMD a \\\n b"]).Cmd);
}
