using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

public class ContainerTransitionsTests
{
    /// <summary>verb, then what each state answers: ok, or the kind of the refusal.</summary>
    public static TheoryData<string, string> Table => new()
    {
        { "Start", "Created=ok Running=NotModified Paused=Conflict Restarting=NotModified Removing=Conflict Exited=ok Dead=Conflict" },
        { "Stop", "Created=NotModified Running=ok Paused=ok Restarting=ok Removing=NotModified Exited=NotModified Dead=NotModified" },
        { "Kill", "Created=Conflict Running=ok Paused=ok Restarting=ok Removing=Conflict Exited=Conflict Dead=Conflict" },
        { "Pause", "Created=Conflict Running=ok Paused=Conflict Restarting=Conflict Removing=Conflict Exited=Conflict Dead=Conflict" },
        { "Unpause", "Created=System Running=System Paused=ok Restarting=System Removing=System Exited=System Dead=System" },
        { "Remove", "Created=ok Running=Conflict Paused=Conflict Restarting=Conflict Removing=Conflict Exited=ok Dead=ok" },
        { "Connect", "Created=ok Running=ok Paused=ok Restarting=ok Removing=Conflict Exited=ok Dead=Conflict" },
    };

    [Theory]
    [MemberData(nameof(Table))]
    public void Every_verb_is_allowed_or_refused_in_every_state(string verb, string expected)
    {
        string actual = string.Join(' ', Enum.GetValues<ContainerStatus>().Select(status =>
            $"{status}={ContainerTransitions.Refusal(Enum.Parse<ContainerVerb>(verb), status, "ID", "box")?.Kind.ToString() ?? "ok"}"));

        Assert.Equal(expected, actual);
    }

    [Theory]
    [InlineData("Start", "Running", "Container is already started")]
    [InlineData("Start", "Paused", "cannot start a paused container, try unpause instead")]
    [InlineData("Start", "Removing", "container is marked for removal and cannot be started")]
    [InlineData("Stop", "Exited", "Container is already stopped")]
    [InlineData("Kill", "Exited", "container ID is not running")]
    [InlineData("Pause", "Paused", "Container ID is already paused")]
    [InlineData("Pause", "Restarting", "Container ID is restarting, wait until the container is running")]
    [InlineData("Pause", "Exited", "container ID is not running")]
    [InlineData("Unpause", "Running", "Container ID is not paused")]
    [InlineData("Remove", "Running", "cannot remove container \"/box\": container is running: stop the container before removing or force remove")]
    [InlineData("Remove", "Restarting", "cannot remove container \"/box\": container is restarting: stop the container before removing or force remove")]
    [InlineData("Remove", "Paused", "cannot remove container \"/box\": container is paused and must be unpaused first")]
    [InlineData("Remove", "Removing", "removal of container box is already in progress")]
    public void Refusals_are_dockers_sentences(string verb, string status, string sentence) =>
        Assert.Equal(sentence, ContainerTransitions.Refusal(Enum.Parse<ContainerVerb>(verb), Enum.Parse<ContainerStatus>(status), "ID", "box")?.Message);
}
