using Berth.Api;
using Berth.Api.Events;
using Berth.Engine.Events;

namespace Berth.Engine.Tests.Events;

public class EventFilterTests
{
    private static readonly EventMessage Start = Message("container", "start", "abcdef", ("image", "bb:1"), ("name", "web"), ("team", "x"));
    private static readonly EventMessage Exec = Message("container", "exec_create: /bin/sh", "abcdef", ("image", "bb:1"), ("name", "web"));
    private static readonly EventMessage Pull = Message("image", "pull", "bb:1", ("name", "bb"));
    private static readonly EventMessage Connect = Message("network", "connect", "net1", ("name", "bridge"), ("container", "abcdef"));
    private static readonly EventMessage Mount = Message("volume", "mount", "vol", ("container", "abcdef"));

    [Theory]
    [InlineData("{}", "start exec_create pull connect mount")]
    [InlineData("""{"type":["image","network"]}""", "pull connect")]
    [InlineData("""{"event":["start"]}""", "start")]
    [InlineData("""{"event":["exec_create"]}""", "exec_create")]
    [InlineData("""{"event":["exec_create: /bin/sh"]}""", "exec_create")]
    [InlineData("""{"container":["web"]}""", "start exec_create")]
    [InlineData("""{"container":["abc"]}""", "start exec_create")]
    [InlineData("""{"container":["other"]}""", "")]
    [InlineData("""{"image":["bb"]}""", "start exec_create pull")]
    [InlineData("""{"image":["bb:1"]}""", "start exec_create pull")]
    [InlineData("""{"image":["bb:2"]}""", "")]
    [InlineData("""{"network":["bridge"]}""", "connect")]
    [InlineData("""{"volume":["vol"]}""", "mount")]
    [InlineData("""{"label":["team"]}""", "start")]
    [InlineData("""{"label":["team=x"]}""", "start")]
    [InlineData("""{"label":["team=y"]}""", "")]
    [InlineData("""{"scope":["local"]}""", "start exec_create pull connect mount")]
    [InlineData("""{"scope":["swarm"]}""", "")]
    [InlineData("""{"type":["container"],"event":["start","die"]}""", "start")]
    public void A_filter_lets_through_what_it_names(string filters, string expected)
    {
        var filter = new EventFilter(Filters.Parse(filters));

        string heard = string.Join(' ', new[] { Start, Exec, Pull, Connect, Mount }.Where(filter.Includes).Select(m => m.Action!.Split(':')[0]));

        Assert.Equal(expected, heard);
    }

    [Theory]
    [InlineData("registry:5000/bb:1", "registry:5000/bb")]
    [InlineData("bb@sha256:00", "bb")]
    public void A_name_without_its_tag_means_every_tag(string image, string wanted) =>
        Assert.True(new EventFilter(Filters.Parse($$"""{"image":["{{wanted}}"]}""")).Includes(Message("container", "start", "c1", ("image", image))));

    private static EventMessage Message(string type, string action, string id, params (string Name, string Value)[] attributes) => new()
    {
        Type = type,
        Action = action,
        Scope = "local",
        Actor = new EventActor { ID = id, Attributes = attributes.ToDictionary(a => a.Name, a => a.Value) },
    };
}
