using Berth.Linux.Descriptors;
using Berth.Linux.Processes;

namespace Berth.Shim;

/// <summary>Takes every child's status: of those that somebody waits for, and of orphans that came here because the shim is their subreaper.</summary>
/// <remarks>Needs SIGCHLD blocked in every thread, those of the runtime included: <see cref="Program"/> sees to it.</remarks>
internal sealed class Reaper() : Source(SignalCalls.Open(SignalCalls.SIGCHLD))
{
    private readonly Dictionary<int, Action<WaitStatus>> _watched = [];
    private readonly Dictionary<int, WaitStatus> _early = [];
    private int _expected;

    public override short Wanted => Poll.POLLIN;

    public override void OnReady(short returned)
    {
        // Signals of one kind are not counted: one may stand for many children.
        Span<byte> information = stackalloc byte[128];
        while (DescriptorCalls.Read(Descriptor, information) > 0)
        {
        }

        while (ChildProcess.TryWait(-1) is (int pid, WaitStatus status))
        {
            if (_watched.Remove(pid, out Action<WaitStatus>? onExit))
            {
                onExit(status);
            }
            else if (_expected > 0)
            {
                _early[pid] = status;
            }
        }
    }

    /// <summary>
    /// From here to <see cref="EndExpecting"/> a child may appear whose id is not known yet (the runtime's, which leaves it to the shim):
    /// its status is kept.
    /// </summary>
    public void BeginExpecting() => _expected++;

    public void EndExpecting()
    {
        if (--_expected == 0)
        {
            _early.Clear();
        }
    }

    /// <summary>Calls back once when the child has ended; at once where it already has.</summary>
    public void Watch(int pid, Action<WaitStatus> onExit)
    {
        if (_early.Remove(pid, out WaitStatus status))
        {
            onExit(status);
        }
        else
        {
            _watched.Add(pid, onExit);
        }
    }
}
