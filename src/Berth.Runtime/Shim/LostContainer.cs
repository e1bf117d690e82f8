using System.Globalization;
using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;

namespace Berth.Runtime.Shim;

/// <summary>What is done about a container whose shim was killed: nobody reads its output or its exit any more, so it is ended too.</summary>
internal static class LostContainer
{
    private const int KilledCode = 128 + SignalCalls.SIGKILL;

    /// <summary>Kills what still runs, removes what the runtime and the shim kept, and records the exit. Safe to repeat, and where nothing is left.</summary>
    /// <returns>The exit on record; null where the container was never started.</returns>
    public static TaskExit? CleanUp(Bundle bundle)
    {
        bool wasStarted = File.Exists(bundle.InitPidPath);
        KillShimGroup(bundle);
        bool killed = KillInit(bundle);
        DeleteByRuntime(bundle);
        TaskExit? exit = bundle.ReadExit();
        if (exit is null && (wasStarted || killed))
        {
            exit = new TaskExit(KilledCode, TimeProvider.System.GetUtcNow(), OutOfMemory: false);
            ExitRecord.Write(bundle.ExitPath, exit);
        }

        foreach (string path in (string[])[bundle.SocketPath, bundle.ShimPidPath, bundle.InitPidPath, bundle.RuntimeArgumentsPath])
        {
            _ = DescriptorCalls.Unlink(path); // The bundle itself may be gone.
        }

        return exit;
    }

    // A runtime that was at work when its shim died is still in the shim's process group, and would finish a container that nobody has.
    private static void KillShimGroup(Bundle bundle)
    {
        (int pid, long start) = ReadPid(bundle.ShimPidPath);
        if (pid <= 1)
        {
            return;
        }

        // A process with this id is either the shim itself (dead, not yet waited for) or a stranger who got the id again, which
        // the kernel gives away only when the group is empty, too.
        long? now = ProcessCalls.StartTime(pid);
        if (now is null || now == start)
        {
            _ = SignalCalls.Send(-pid, SignalCalls.SIGKILL);
        }
    }

    /// <returns>Whether there was a process to be killed.</returns>
    private static bool KillInit(Bundle bundle)
    {
        (int pid, long start) = ReadPid(bundle.InitPidPath);
        if (pid <= 1 || start == 0)
        {
            return false; // The runtime, which recorded the start time too, kills it.
        }

        using Descriptor? process = PidFd.Open(pid);
        if (process is null || ProcessCalls.StartTime(pid) != start)
        {
            return false;
        }

        _ = SignalCalls.Send(pid, SignalCalls.SIGKILL);
        PidFd.WaitForExit(process, TimeSpan.FromSeconds(10));
        return true;
    }

    private static void DeleteByRuntime(Bundle bundle)
    {
        if (!File.Exists(bundle.RuntimeArgumentsPath))
        {
            return;
        }

        string[] arguments = File.ReadAllText(bundle.RuntimeArgumentsPath).Split('\0', StringSplitOptions.RemoveEmptyEntries);
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        try
        {
            int pid = ChildProcess.Spawn(new SpawnRequest
            {
                Path = arguments[0],
                Arguments = [.. arguments[..^1], "--log", bundle.RuntimeLogPath, "--log-format", "json", "delete", "--force", arguments[^1]],
                Descriptors = [nothing, nothing, nothing],
            });
            ChildProcess.Wait(pid);
        }
        catch (LinuxException)
        {
            // The runtime was uninstalled; the processes are dead all the same, and a cgroup without any is harmless.
        }
    }

    private static (int Pid, long StartTime) ReadPid(string path)
    {
        Span<byte> content = stackalloc byte[64];
        int length = DescriptorCalls.ReadFile(path, content);
        if (length <= 0)
        {
            return default;
        }

        string[] fields = Encoding.ASCII.GetString(content[..length]).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 0 && int.TryParse(fields[0], CultureInfo.InvariantCulture, out int pid)
            ? (pid, fields.Length > 1 && long.TryParse(fields[1], CultureInfo.InvariantCulture, out long start) ? start : 0)
            : default;
    }
}
