using Berth.Api.Containers;
using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

/// <summary>Specs for tests that ask about one thing at a time.</summary>
internal static class Specs
{
    public static ContainerSpec Make(string id = "", string name = "box") => new()
    {
        Id = id.PadRight(64, '0'),
        Name = name,
        Created = new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero),
        Path = "sleep",
        Arguments = ["100"],
        Config = new ContainerConfig { Image = "bb:1", Labels = new Dictionary<string, string> { ["l"] = "x" } },
        HostConfig = new HostConfig { NetworkMode = "bridge" },
    };

    public static Container Live(string id = "", string name = "box", ContainerRunState? state = null) =>
        new(Make(id, name), state ?? new ContainerRunState(), new KeyedLock());
}
