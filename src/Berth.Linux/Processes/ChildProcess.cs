using System.Runtime.InteropServices;
using System.Text;

namespace Berth.Linux.Processes;

/// <summary>How a process ended.</summary>
/// <param name="Status">The raw status of wait(2).</param>
public readonly record struct WaitStatus(int Status)
{
    /// <summary>The exit code, or 128 + the signal that ended the process, as shells and Docker count.</summary>
    public int ExitCode => (Status & 0x7f) == 0 ? (Status >> 8) & 0xff : 128 + (Status & 0x7f);
}

/// <summary>
/// Children without <see cref="System.Diagnostics.Process"/>, which adds a thread, takes over SIGCHLD and passes on signal masks and ignored
/// signals. Source: posix_spawn(3), wait(2).
/// </summary>
public static unsafe partial class ChildProcess
{
    private const short POSIX_SPAWN_SETSIGDEF = 0x04;
    private const short POSIX_SPAWN_SETSIGMASK = 0x08;
    private const short POSIX_SPAWN_SETSID = 0x80;
    private const int WNOHANG = 1;

    // posix_spawnattr_t takes 336 bytes and posix_spawn_file_actions_t 80 with glibc and musl.
    private const int OpaqueLength = 512;

    /// <summary>Starts the program with every signal's action back to its default.</summary>
    /// <returns>Its process id; the caller must wait for it.</returns>
    /// <exception cref="LinuxException">It cannot be started.</exception>
    public static int Spawn(SpawnRequest request)
    {
        byte* attributes = stackalloc byte[OpaqueLength];
        byte* actions = stackalloc byte[OpaqueLength];
        using var arguments = new NativeStrings(request.Arguments);
        using NativeStrings? environment = request.Environment is null ? null : new NativeStrings(request.Environment);
        _ = AttributesInit(attributes);
        _ = ActionsInit(actions);
        try
        {
            SetAttributes(attributes, request);
            SetActions(actions, request);
            int pid;
            int error = SpawnNative(&pid, request.Path, actions, attributes, arguments.Start, environment is null ? Environ() : environment.Start);
            return error == 0 ? pid : throw new LinuxException("exec", error, request.Path);
        }
        finally
        {
            _ = ActionsDestroy(actions);
            _ = AttributesDestroy(attributes);
        }
    }

    /// <summary>Takes the status of a child that has ended.</summary>
    /// <param name="pid">A child, or -1 for any.</param>
    /// <returns>The child and its status; null where none has ended (or is there).</returns>
    public static (int Pid, WaitStatus Status)? TryWait(int pid)
    {
        int status;
        int ended = WaitPid(pid, &status, WNOHANG);
        return ended > 0 ? (ended, new WaitStatus(status)) : null;
    }

    /// <summary>Blocks the calling thread until the child has ended.</summary>
    /// <exception cref="LinuxException">It is no child of this process.</exception>
    public static WaitStatus Wait(int pid)
    {
        while (true)
        {
            int status;
            int ended = WaitPid(pid, &status, 0);
            int errno = Marshal.GetLastPInvokeError();
            if (ended == pid)
            {
                return new WaitStatus(status);
            }

            if (errno != Errno.EINTR)
            {
                throw new LinuxException("waitpid", errno);
            }
        }
    }

    private static void SetAttributes(byte* attributes, SpawnRequest request)
    {
        short flags = POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK;
        if (request.NewSession)
        {
            flags |= POSIX_SPAWN_SETSID;
        }

        SignalSet all = SignalSet.Full;
        SignalSet mask = default;
        if (request.BlockChildSignal)
        {
            mask.Add(SignalCalls.SIGCHLD);
        }

        _ = AttributesSetDefaults(attributes, &all);
        _ = AttributesSetMask(attributes, &mask);
        _ = AttributesSetFlags(attributes, flags);
    }

    private static void SetActions(byte* actions, SpawnRequest request)
    {
        for (int target = 0; target < request.Descriptors.Count; target++)
        {
            int source = request.Descriptors[target].Number;
            if (source < target)
            {
                throw new ArgumentException($"descriptor {source} would be replaced before it is copied to {target}", nameof(request));
            }

            _ = ActionsAddDup2(actions, source, target);
        }

        _ = ActionsAddCloseFrom(actions, request.Descriptors.Count);
        if (request.WorkingDirectory is not null)
        {
            _ = ActionsAddChDir(actions, request.WorkingDirectory);
        }
    }

    // The process's own environment, as the C library keeps it.
    private static byte** Environ()
    {
        nint libc = NativeLibrary.Load("libc.so.6");
        return *(byte***)NativeLibrary.GetExport(libc, "environ");
    }

    /// <summary>A null-terminated array of C strings.</summary>
    private sealed class NativeStrings : IDisposable
    {
        private byte* _block;

        public NativeStrings(IReadOnlyList<string> values)
        {
            int pointers = (values.Count + 1) * sizeof(byte*);
            int length = pointers;
            foreach (string value in values)
            {
                length += Encoding.UTF8.GetByteCount(value) + 1;
            }

            _block = (byte*)NativeMemory.AllocZeroed((nuint)length);
            byte* next = _block + pointers;
            for (int i = 0; i < values.Count; i++)
            {
                Start[i] = next;
                next += Encoding.UTF8.GetBytes(values[i], new Span<byte>(next, length - (int)(next - _block))) + 1;
            }
        }

        public byte** Start => (byte**)_block;

        public void Dispose()
        {
            NativeMemory.Free(_block);
            _block = null;
        }
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SpawnNative(int* pid, string path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    private static partial int AttributesInit(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_destroy")]
    private static partial int AttributesDestroy(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    private static partial int AttributesSetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    private static partial int AttributesSetDefaults(byte* attributes, SignalSet* set);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    private static partial int AttributesSetMask(byte* attributes, SignalSet* set);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    private static partial int ActionsInit(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    private static partial int ActionsDestroy(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    private static partial int ActionsAddDup2(byte* actions, int source, int target);

    // glibc ≥ 2.34
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addclosefrom_np")]
    private static partial int ActionsAddCloseFrom(byte* actions, int first);

    // glibc ≥ 2.29
    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_addchdir_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ActionsAddChDir(byte* actions, string path);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    private static partial int WaitPid(int pid, int* status, int options);
}
