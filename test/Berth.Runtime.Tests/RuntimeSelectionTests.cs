using Berth.TestHost;

namespace Berth.Runtime.Tests;

public sealed class RuntimeSelectionTests
{
    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task The_first_that_works_is_chosen_and_the_others_are_told_why()
    {
        using var scratch = new ScratchDirectory();
        RuntimeCandidate[] candidates =
        [
            new("absent", "/nowhere/runtime", []),
            new("unfit", "/bin/false", []),
            .. RuntimeSelection.FindInstalled(),
        ];
        RuntimeChoice choice = await RuntimeSelection.ChooseAsync(candidates, scratch.Path);
        Assert.Contains(choice.Chosen, RuntimeSelection.FindInstalled());
        Assert.Contains(choice.Refused, refused => refused.Candidate.Name == "absent" && refused.Reason.Contains("no such file", StringComparison.Ordinal));
        Assert.Contains(choice.Refused, refused => refused.Candidate.Name == "unfit" && refused.Reason.Contains("code 1", StringComparison.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(scratch.Path));
    }

    [LinuxFact(Needs.Root)]
    public async Task Where_none_works_none_is_chosen()
    {
        using var scratch = new ScratchDirectory();
        RuntimeChoice choice = await RuntimeSelection.ChooseAsync([new("true", "/bin/true", [])], scratch.Path);
        Assert.Null(choice.Chosen);
        Assert.Single(choice.Refused);
    }
}
