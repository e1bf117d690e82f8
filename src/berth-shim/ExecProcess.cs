using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Runtime;
using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>A further process in the container.</summary>
internal sealed class ExecProcess(ShimServer shim, ShimExec settings, string containerId) : TaskProcess(shim, settings, log: null)
{
    /// <summary>
    /// How long output is waited for that children of the process, which outlive it, hold open.
    /// moby: daemon/monitor.go gives an exec's streams two seconds.
    /// </summary>
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(2);

    private TaskExit? _exit;
    private bool _ended;

    protected override string LogName => Bundle.ExecLogName(Id);

    protected override string PidName => Bundle.ExecPidName(Id);

    protected override string ConsoleName => $"{Bundle.ExecDirectoryName}/{Id[..Math.Min(12, Id.Length)]}.sock";

    protected override IReadOnlyList<string> Command() =>
        ["exec", "--process", Bundle.ExecProcessName(Id), "--detach", "--pid-file", PidName, .. ConsoleArguments, containerId];

    protected override void OnRunning() => RemoveFiles();

    protected override void OnFailed() => Shim.Forget(this);

    protected override void OnExited(WaitStatus status)
    {
        _exit = new TaskExit(status.ExitCode, TimeProvider.System.GetUtcNow(), OutOfMemory: false);
        if (Output.Drain())
        {
            Finish();
        }
        else
        {
            Output.AllRead = Finish;
            Shim.Loop.After(OutputGrace, Finish);
        }
    }

    /// <summary>Ends it whatever may still hold its output open.</summary>
    public void Finish()
    {
        if (_ended || _exit is null)
        {
            return;
        }

        _ended = true;
        Output.End();
        Shim.OnExecExited(this, _exit);
    }

    protected override void RemoveFiles()
    {
        foreach (string name in (string[])[Bundle.ExecProcessName(Id), PidName, LogName])
        {
            _ = DescriptorCalls.Unlink(name);
        }
    }
}
