using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Events;

public sealed class EventTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Life_of_a_container_is_told()
    {
        string name = docker.Name("events");
        string since = DateTimeOffset.UtcNow.AddSeconds(-1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Equal(3, (await docker.Docker("run", "--name", name, "busybox", "sh", "-c", "exit 3")).ExitCode);
        await docker.Output("rm", name);
        string until = DateTimeOffset.UtcNow.AddSeconds(2).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture);
        string events = await docker.Output("events", "--since", since, "--until", until, "--filter", $"container={name}", "--format", "{{.Action}} {{.Actor.Attributes.exitCode}}");
        string[] actions = [.. events.Split('\n').Select(line => line.Replace(" <no value>", "", StringComparison.Ordinal).Trim())];
        Assert.Equal(["create", "attach", "start", "die 3", "destroy"], actions);
    }
}
