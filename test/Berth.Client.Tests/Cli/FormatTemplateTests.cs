using System.Text.Json;
using Berth.Cli;
using Berth.Cli.Templates;

namespace Berth.Client.Tests.Cli;

/// <summary>Templates mean what they mean to the docker client.</summary>
public sealed class FormatTemplateTests
{
    private const string Container = """
        {"Id":"abc","Created":"2024-01-01T00:00:00Z","Path":"sh","Args":["-c","x y"],
        "State":{"Status":"running","Running":true,"Pid":5,"ExitCode":0,"Health":{"Status":"healthy","FailingStreak":0,"Log":[]}},
        "Name":"/web","RestartCount":-3,"HostConfig":{"Memory":67108864,"Binds":["/a:/b","/c:/d"],"LogConfig":{"Type":"json-file","Config":{"max-size":"10m"}},
        "PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]},"NetworkMode":"bridge"},
        "Mounts":[{"Type":"bind","Source":"/a","Destination":"/b","Mode":"","RW":true,"Propagation":"rprivate"}],
        "Config":{"Labels":{"com.example.one":"1","b":"2"},"Env":["A=<b>&c","PATH=/bin"],"ExposedPorts":{"80/tcp":{},"53/udp":{}},"Tty":false},
        "NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],"53/udp":null},
        "Networks":{"bridge":{"IPAddress":"172.17.0.2","Gateway":"172.17.0.1"}}},"Newer":{"X":1,"Y":[1,2]}}
        """;

    public static TheoryData<string> Templates =>
    [
        "{{.Id}}",
        "{{.Name}} {{.Path}} {{.Args}} {{.RestartCount}}",
        "{{.State.Status}}/{{.State.Running}}/{{.State.Pid}}",
        "{{json .State.Health.Status}} {{json .Args}} {{json .Config.Env}} {{json .HostConfig.Binds}}",
        "{{json .NetworkSettings.Ports}}",
        "{{.NetworkSettings.Ports}} {{.HostConfig.PortBindings}}",
        "{{.Config.ExposedPorts}} {{.Config.Labels}} {{.HostConfig.LogConfig.Config}}",
        "{{.State.Health}} {{.HostConfig.LogConfig}}",
        "{{(index (index .NetworkSettings.Ports \"80/tcp\") 0).HostPort}}",
        "{{index .Config.Labels \"com.example.one\"}}|{{index .Config.Labels \"none\"}}|{{.Config.Labels.none}}|{{.Config.Labels.b}}",
        "{{range $k, $v := .NetworkSettings.Networks}}{{$k}}={{$v.IPAddress}},{{end}}",
        "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}",
        "{{.NetworkSettings.Networks.bridge.IPAddress}}",
        "{{range $i, $e := .Config.Env}}{{if $i}}, {{end}}{{$i}}:{{$e}}{{end}}",
        "{{range .Mounts}}{{.Source}}->{{.Destination}} {{.RW}}{{else}}none{{end}}",
        "{{range $p, $conf := .NetworkSettings.Ports}}{{$p}} {{range $conf}}{{.HostPort}};{{end}}{{end}}",
        "{{with .State}}{{.Pid}}{{end}}{{with .Config.Labels.none}}a{{else}}b{{end}}",
        "{{if .State.Running}}up{{else if .State.Pid}}odd{{else}}down{{end}}",
        "{{if and .State.Running (eq .State.Status \"running\")}}yes{{end}} {{if or .Config.Tty false}}a{{else}}b{{end}} {{not .Config.Tty}}",
        "{{$x := .Name}}{{$x}}{{$x = \"z\"}}{{$x}}",
        "{{len .Args}} {{len .Name}} {{len .Config.Labels}}",
        "{{join .Args \",\"}} {{upper .Name}} {{lower \"ABC\"}} {{title \"hello world\"}} {{split \"a:b:c\" \":\"}}",
        "{{index (split .Name \"/\") 1}} {{slice .Name 1}} {{slice .Name 1 3}}",
        "{{printf \"%s-%d-%05d|%-6s|%6s|%q|%v|%t|%x\" .Name .State.Pid .State.Pid \"ab\" \"cd\" \"e\\\"f\" .Args .State.Running 255}}",
        "{{printf \"%.2f|%5.1f|%g\" 3.14159 2.5 1e6}} {{printf \"%d\" \"x\"}} {{printf \"%s\"}} {{printf \"a\" 1}}",
        "{{print \"a\" 1 2 \"b\"}}|{{println \"a\" 1}}|{{print .Args}}",
        "{{.Name | upper | printf \"%s-%s\" \"x\"}} {{\"a,b\" | len}}",
        "{{pad \"x\" 2 3}}|{{truncate \"abcdef\" 3}}|{{truncate \"ab\" 3}}",
        "{{- .Name -}}  {{- /* nothing */ -}} x",
        "a {{- 1 }} {{ 2 -}} b {{/* c */}}d",
        "{{`raw \"text\"`}} {{\"tab\\tend\"}} {{'a'}} {{1.5}} {{0x10}} {{true}}",
        "{{eq \"a\" \"b\" \"a\"}} {{ne 1 2}} {{lt 1 2}} {{le 2 2}} {{gt \"b\" \"a\"}} {{ge 1.5 1.5}}",
        "{{html \"<a>\"}} {{urlquery \"a b&c\"}}",
        "{{range $i, $e := .Args}}{{if eq $i 1}}{{break}}{{end}}{{$e}}{{end}} {{range .Args}}{{continue}}x{{end}}",
        "{{(.State).Pid}} {{$}}".Replace(" {{$}}", ""),
        "{{json .Config.Labels}} {{json .State.Running}} {{json \"<x>\"}}",
        "{{.Newer.X}} {{.Newer}} {{json .Newer}}",
        "{{.HostConfig.Memory}} {{printf \"%d\" .HostConfig.Memory}} {{eq .State.Pid 5}} {{.State.ExitCode}}",
        "no action at all",
        "{{\"{{\"}} }}",
    ];

    [Theory]
    [MemberData(nameof(Templates))]
    public async Task Output_is_that_of_docker(string template)
    {
        await using var daemon = Daemon();
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, "inspect", "--type", "container", "-f", template, "c");
        Assert.Equal((0, ""), (theirs.ExitCode, theirs.Error));
        using var document = JsonDocument.Parse(Container);
        Assert.Equal(theirs.Output, FormatTemplate.Parse(template).Execute(new JsonValue(document.RootElement)) + "\n");
    }

    public static TheoryData<string> BadTemplates =>
    [
        "{{.Foo}}",
        "{{.State.Foo}}",
        "a\nb {{.State.Foo.Bar}}",
        "{{index .Args 5}}",
        "{{index .Args \"x\"}}",
        "{{slice .Name 9}}",
        "{{len 3}}",
        "{{lt 1 \"a\"}}",
        "{{eq .Args .Args}}",
        "{{upper}}",
        "{{join .Args}}",
        "{{upper 3}}",
        "{{\"a\" | 3}}",
        "{{.Name.Foo}}",
        "{{range 1.5}}{{end}}",
        "{{range .Newer.Z}}x{{end}}",
        "{{truncate .Name .Path}}",
        "{{foo}}",
        "{{.Id",
        "{{if}}",
        "{{end}}",
        "{{else}}",
        "{{range .Args}}",
        "{{if .A}}{{else}}{{else}}{{end}}",
        "{{$x}}",
        "{{break}}",
        "{{\"abc}}",
        "{{`abc}}",
        "{{(.A}}",
        "{{.A)}}",
        "{{.A | }}",
        "{{}}",
        "{{/* a }}",
        "{{nil}}",
        "{{.A#}}",
        "{{1abc}}",
    ];

    [Theory]
    [MemberData(nameof(BadTemplates))]
    public async Task Failures_are_told_as_docker_tells_them(string template)
    {
        await using var daemon = Daemon();
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, "inspect", "--type", "container", "-f", template, "c");
        Assert.NotEqual(0, theirs.ExitCode);
        using var document = JsonDocument.Parse(Container);
        Exception ours = Assert.ThrowsAny<Exception>(() => FormatTemplate.Parse(template).Execute(new JsonValue(document.RootElement)));
        string sentence = ours is TemplateException ? $"template parsing error: {ours.Message}" : ours.Message;
        Assert.Equal(theirs.Error.TrimEnd('\n'), sentence);
    }

    [Fact]
    public void A_table_has_the_titles_of_its_fields_and_aligned_columns()
    {
        var header = new HeaderFields(new Dictionary<string, string> { ["ID"] = "THING ID", ["Name"] = "NAME" });
        RowFields row(string id, string name) => new("*formatter.Thing", [("ID", () => id), ("Name", () => name)], label => label + "!");
        Assert.Equal("THING ID   NAME      my label\nx          a         com.my-label!\ny          bcdefgh   com.my-label!\n",
            FormatTemplate.Render("table {{.ID}}\\t{{.Name}}\\t{{.Label \"com.my-label\"}}", header, [row("x", "a"), row("y", "bcdefgh")]));
    }

    [Fact]
    public void A_field_that_a_list_does_not_have_is_named_with_its_type()
    {
        var header = new HeaderFields(new Dictionary<string, string>());
        CommandException failure = Assert.Throws<CommandException>(() =>
            FormatTemplate.Render("{{.Foo}}", header, [new RowFields("*formatter.Thing", [])]));
        Assert.Equal("failed to execute template: template: :1:2: executing \"\" at <.Foo>: can't evaluate field Foo in type *formatter.Thing", failure.Message);
    }

    private static FakeDaemon Daemon() => new(request => request.Path == "/containers/c/json" ? new CannedAnswer { Body = Container } : null);
}
