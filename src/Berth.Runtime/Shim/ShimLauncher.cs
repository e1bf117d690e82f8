using System.Net.Sockets;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Linux.Sockets;

namespace Berth.Runtime.Shim;

/// <summary>
/// Starts shims. One is kept in reserve: a program's start takes longer than all that a shim does to prepare a container.
/// </summary>
internal sealed class ShimLauncher : IDisposable
{
    /// <summary>
    /// Of the daemon's environment a shim gets nothing that tells a program it was started by systemd: the runtime, which inherits it,
    /// would wait for the container to report itself ready.
    /// </summary>
    private static readonly string[] KeptBack = ["NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID", "LISTEN_FDNAMES", "WATCHDOG_PID", "WATCHDOG_USEC"];

    private static readonly TimeSpan ReserveDelay = TimeSpan.FromMilliseconds(5);

    // Never disposed: the daemon's own.
    private static readonly Descriptor Stderr = new(2);

    private readonly RuntimeCopies _copies = new();
    private readonly string _shimPath;
    private readonly string[] _environment;
    private LaunchedShim? _reserve;
    private volatile string? _lastRuntime;
    private volatile bool _disposed;

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
    }

    /// <summary>Starts a shim, which knows nothing yet and ends with the returned socket.</summary>
    /// <param name="runtimePath">The runtime that it will most likely have to run.</param>
    /// <exception cref="Berth.Linux.LinuxException">It cannot be started.</exception>
    public LaunchedShim Launch(string? runtimePath)
    {
        IDisposable? inUse = null;
        RuntimeCopy? runtime = runtimePath is null ? null : _copies.Take(runtimePath, out inUse);
        using IDisposable? use = inUse;
        (Descriptor ours, Descriptor theirs) = UnixSockets.CreatePair();
        using (theirs)
        {
            try
            {
                // What goes wrong before it knows its bundle is the daemon's to report.
                using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
                int pid = ChildProcess.Spawn(new SpawnRequest
                {
                    Path = _shimPath,
                    Arguments = ["berth-shim", ShimTitle.Placeholder],
                    Descriptors = [nothing, nothing, Stderr, theirs, .. runtime is null ? [] : (Descriptor[])[runtime.Program]],
                    Environment = _environment,
                    NewSession = true,
                    BlockChildSignal = true,
                });
                return new(new Socket(new SafeSocketHandle(ours.Release(), ownsHandle: true)), pid, runtime);
            }
            catch
            {
                ours.Dispose();
                throw;
            }
        }
    }

    public int ReservePid => Volatile.Read(ref _reserve)?.Pid ?? 0;

    /// <summary>The shim in reserve; null where there is none. It may have been killed meanwhile.</summary>
    public LaunchedShim? TakeReserve() => Interlocked.Exchange(ref _reserve, null);

    /// <summary>Whether the shim has the runtime's program as it is on disk now; the next shim in reserve will.</summary>
    public bool HasCopy(LaunchedShim shim, string runtimePath)
    {
        _lastRuntime = runtimePath;
        return shim.Runtime is { } copy && copy == _copies.Of(runtimePath);
    }

    /// <summary>As <see cref="FillReserve"/>, in a moment: a container that only does one thing should have the processors for it.</summary>
    public void FillReserveLater() => _ = FillReserveLaterAsync();

    private async Task FillReserveLaterAsync()
    {
        await Task.Delay(ReserveDelay).ConfigureAwait(false);
        FillReserve();
    }

    /// <summary>Starts a shim for the next container, unless there is one. Failures are left to the start that needs it.</summary>
    public void FillReserve()
    {
        if (Volatile.Read(ref _reserve) is not null || _disposed)
        {
            return;
        }

        try
        {
            LaunchedShim shim = Launch(_lastRuntime);
            if (Interlocked.CompareExchange(ref _reserve, shim, null) is not null || _disposed)
            {
                Discard(shim);
            }
        }
        catch (Berth.Linux.LinuxException)
        {
            // The same reason meets the next container, whose user is told.
        }
    }

    public void Dispose()
    {
        _disposed = true;
        if (TakeReserve() is { } reserve)
        {
            Discard(reserve);
        }

        _copies.Dispose();
    }

    // Without its socket it ends at once.
    private static void Discard(LaunchedShim shim)
    {
        shim.Connection.Dispose();
        ShimReaper.Expect(shim.Pid);
    }
}

/// <param name="Connection">Its first control connection.</param>
/// <param name="Runtime">What it has inherited as <see cref="ShimSettings.RuntimeCopy"/>; null for nothing.</param>
internal sealed record LaunchedShim(Socket Connection, int Pid, RuntimeCopy? Runtime);
