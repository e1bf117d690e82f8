using Berth.TestHost;

namespace Berth.EndToEnd.Registry;

/// <summary>The published registry as a process.</summary>
public sealed class ProcessTests
{
    [LinuxFact(Needs.Programs)]
    public async Task It_watches_no_files_wherever_it_was_started()
    {
        await using RegistryProcess registry = await RegistryProcess.StartNewAsync();
        Assert.NotEmpty(OpenFiles.Where(target => target.StartsWith("anon_inode:", StringComparison.Ordinal), registry.ProcessId));
        Assert.Empty(OpenFiles.Where(target => target.Contains("inotify", StringComparison.Ordinal), registry.ProcessId));
    }
}
