using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Runtime;
using Berth.Runtime.Output;
using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>The container's first process. Its end is the container's.</summary>
internal sealed class ContainerProcess(ShimServer shim, ShimSettings settings, JsonFileLog? log)
    : TaskProcess(shim, new ShimExec("", settings.Terminal, settings.OpenStdin, settings.Rows, settings.Columns), log)
{
    // Counted from before the start: the process may be killed before the runtime has told of it.
    private readonly OutOfMemoryCounter _outOfMemory = new(settings.CgroupsPath);

    protected override string LogName => Bundle.RuntimeLogName;

    protected override string PidName => Bundle.InitPidName;

    protected override string ConsoleName => Bundle.ConsoleSocketName;

    protected override IReadOnlyList<string> Command() =>
        ["run", "--detach", "--bundle", ".", "--pid-file", PidName, .. ConsoleArguments, settings.ContainerId];

    protected override void OnRunning() => RecordStartTime();

    protected override void OnFailed() => Shim.OnContainerFailed();

    // 1. what the kernel knows of the cgroup, before anybody removes it;
    // 2. all output into the log and to the attachments;
    // 3. the record on disk, then the event, then the runtime's clean-up.
    protected override void OnExited(WaitStatus status)
    {
        var exit = new TaskExit(status.ExitCode, TimeProvider.System.GetUtcNow(), _outOfMemory.HasRisen());
        if (Output.Drain())
        {
            Shim.OnContainerExited(exit, runtimeIsDone: false);
            return;
        }

        // Somebody outside of the container's pid namespace (or the host's, if it is shared) holds the output open: removing the
        // container ends its remaining processes, and what they wrote until then is all there is.
        Shim.DeleteContainer(() =>
        {
            Output.Drain();
            Shim.OnContainerExited(exit, runtimeIsDone: true);
        });
    }

    private void RecordStartTime()
    {
        if (ProcessCalls.StartTime(Pid) is long ticks)
        {
            try
            {
                using Descriptor file = DescriptorCalls.Open(PidName, DescriptorCalls.O_WRONLY | DescriptorCalls.O_APPEND);
                _ = DescriptorCalls.WriteAll(file, Encoding.ASCII.GetBytes($" {ticks}\n"));
            }
            catch (LinuxException exception)
            {
                ShimLog.Write($"the start time is not recorded: {exception.Message}");
            }
        }
    }
}
