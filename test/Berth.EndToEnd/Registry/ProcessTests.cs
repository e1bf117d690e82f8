using Berth.TestHost;

namespace Berth.EndToEnd.Registry;

/// <summary>The published registry as a process.</summary>
public sealed class ProcessTests
{
    [LinuxFact(Needs.Programs)]
    public async Task It_watches_no_files_wherever_it_was_started()
    {
        await using RegistryProcess registry = await RegistryProcess.StartNewAsync();
        string[] descriptors = Directory.GetFiles($"/proc/{registry.ProcessId}/fdinfo");
        Assert.NotEmpty(descriptors);
        Assert.DoesNotContain(descriptors, file => File.ReadAllText(file).Contains("inotify", StringComparison.Ordinal));
    }
}
