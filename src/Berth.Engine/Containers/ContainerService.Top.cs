using Berth.Api.Containers;
using Berth.Linux;
using Berth.Linux.Cgroups;
using Berth.Linux.Processes;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>What the host's ps(1) says of the container's processes. moby 28: daemon/top_unix.go.</summary>
    /// <param name="psArguments">Empty is <c>-ef</c>.</param>
    public async Task<ContainerTop> TopAsync(string nameOrId, string psArguments, CancellationToken ct)
    {
        IReadOnlyList<string> arguments = ProcessTable.Arguments(psArguments.Length == 0 ? "-ef" : psArguments);
        Container container = _table.Get(nameOrId);
        if (container.State.Status is ContainerStatus.Restarting)
        {
            throw ContainerErrors.Restarting(container.Id);
        }

        int pid = container.State.HasProcess ? container.State.Pid : throw ContainerErrors.NotRunning(container.Id);
        IReadOnlyList<int> pids = CgroupProcesses.OfGroupOf(pid);
        ContainerTop top = ProcessTable.Parse(await RunPsAsync(arguments, pids, ct).ConfigureAwait(false), pids);
        _events.Publish(container, "top");
        return top;
    }

    private static async Task<string> RunPsAsync(IReadOnlyList<string> arguments, IReadOnlyList<int> pids, CancellationToken ct)
    {
        try
        {
            ProgramOutput output = await ProgramOutput.OfAsync("ps", [.. arguments, ProcessTable.Selection(pids)], ct).ConfigureAwait(false);
            if (output.ExitCode != 0)
            {
                // some options, such as f, do not go with q
                output = await ProgramOutput.OfAsync("ps", arguments, ct).ConfigureAwait(false);
            }

            string reason = output.Errors.Split('\n', 2)[0];
            return output.ExitCode == 0 ? output.Text : throw StreamErrors.TopFailed(reason.Length > 0 ? reason : $"exit status {output.ExitCode}");
        }
        catch (LinuxException e)
        {
            throw StreamErrors.TopFailed($"exec: \"ps\": {(e.Errno is Errno.ENOENT ? "executable file not found in $PATH" : e.Reason)}");
        }
    }
}
