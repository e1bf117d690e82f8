using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Linux.Sockets;

namespace Berth.Runtime.Shim;

/// <summary>Starts shims and, as their parent, takes their status when they have ended.</summary>
internal sealed class ShimLauncher : IDisposable
{
    /// <summary>
    /// Of the daemon's environment a shim gets nothing that tells a program it was started by systemd: the runtime, which inherits it,
    /// would wait for the container to report itself ready.
    /// </summary>
    private static readonly string[] KeptBack = ["NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_PID", "WATCHDOG_USEC"];

    private readonly string _shimPath;
    private readonly string[] _environment;
    private readonly PosixSignalRegistration _childSignal;

    // Only shims whose connection has closed: an exit costs no look at all the others.
    private readonly ConcurrentDictionary<int, byte> _ending = new();

    /// <param name="programDirectory">Where berth-shim lies.</param>
    public ShimLauncher(string programDirectory)
    {
        _shimPath = Path.Combine(programDirectory, "berth-shim");
        _environment =
        [
            .. Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
                .Where(static variable => !KeptBack.Contains((string)variable.Key))
                .Select(static variable => $"{variable.Key}={variable.Value}"),
        ];
        _childSignal = PosixSignalRegistration.Create(PosixSignal.SIGCHLD, _ => Reap());
    }

    /// <summary>Starts a shim that listens to nobody but the returned socket.</summary>
    /// <param name="bundle">Gets what the shim may have to say about itself.</param>
    /// <exception cref="Berth.Linux.LinuxException">It cannot be started.</exception>
    public (Socket Connection, int Pid) Launch(string containerId, Bundle bundle)
    {
        (Descriptor ours, Descriptor theirs) = UnixSockets.CreatePair();
        using (theirs)
        {
            try
            {
                using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
                using Descriptor log = DescriptorCalls.Open(
                    bundle.ShimLogPath, DescriptorCalls.O_WRONLY | DescriptorCalls.O_CREAT | DescriptorCalls.O_TRUNC, 0x180);
                int pid = ChildProcess.Spawn(new SpawnRequest
                {
                    Path = _shimPath,
                    Arguments = ["berth-shim", containerId],
                    Descriptors = [nothing, nothing, log, theirs],
                    Environment = _environment,
                    NewSession = true,
                    BlockChildSignal = true,
                });
                return (new Socket(new SafeSocketHandle(ours.Release(), ownsHandle: true)), pid);
            }
            catch
            {
                ours.Dispose();
                throw;
            }
        }
    }

    /// <summary>The shim has closed its connection: it has ended, or is about to.</summary>
    public void OnConnectionClosed(int pid)
    {
        // First into the list: between a look that finds it running and the signal nothing is lost.
        _ending[pid] = 0;
        Reap();
    }

    public void Dispose() => _childSignal.Dispose();

    private void Reap()
    {
        foreach (int pid in _ending.Keys)
        {
            if (ChildProcess.TryWait(pid) is not null)
            {
                _ending.TryRemove(pid, out _);
            }
        }
    }
}
