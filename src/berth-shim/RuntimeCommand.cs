using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Runtime;
using Berth.Runtime.Shim;

namespace Berth.Shim;

/// <summary>Runs the OCI runtime. Source: opencontainers/runtime-tools, docs/command-line-interface.md; crun(1), runc(8).</summary>
/// <param name="copy">Its program, if the shim has that open.</param>
internal sealed class RuntimeCommand(Reaper reaper, IReadOnlyList<string> runtime, Descriptor? copy)
{
    // What is not passed on is closed before the program is run: it is run from where it is passed on to, behind the standard streams.
    private const string PassedOnCopy = "/proc/self/fd/3";

    private const int LogTailLength = 8 * 1024;

    /// <summary>Starts a command; its exit comes through the loop.</summary>
    /// <param name="logName">Where it writes what went wrong, in the bundle.</param>
    /// <param name="descriptors">Its standard streams.</param>
    /// <returns>Null, or why it cannot be started.</returns>
    public ShimFailure? Start(string logName, IReadOnlyList<string> arguments, IReadOnlyList<Descriptor> descriptors, Action<WaitStatus> onExit)
    {
        try
        {
            int pid = ChildProcess.Spawn(new SpawnRequest
            {
                Path = copy is null ? runtime[0] : PassedOnCopy,
                Arguments = [.. runtime, "--log", logName, "--log-format", "json", .. arguments],
                Descriptors = copy is null ? descriptors : [.. descriptors, copy],
            });
            reaper.Watch(pid, onExit);
            return null;
        }
        catch (LinuxException exception)
        {
            return new ShimFailure(IsRuntimeLog: false, exception.Message);
        }
    }

    /// <summary>As <see cref="Start"/>, for a command that has nothing to do with a process's streams.</summary>
    public ShimFailure? StartQuietly(IReadOnlyList<string> arguments, Action<WaitStatus> onExit)
    {
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        return Start(Bundle.RuntimeLogName, arguments, [nothing, nothing, nothing], onExit);
    }

    /// <summary>What a command that failed said, or how it ended where it said nothing.</summary>
    public static ShimFailure Failure(string logName, WaitStatus status)
    {
        string text = ReadLogTail(logName);
        return text.Length > 0
            ? new ShimFailure(IsRuntimeLog: true, text)
            : new ShimFailure(IsRuntimeLog: false, $"the runtime ended with code {status.ExitCode}");
    }

    private static string ReadLogTail(string logName)
    {
        try
        {
            using Descriptor log = DescriptorCalls.Open(logName, DescriptorCalls.O_RDONLY);
            long length = DescriptorCalls.Length(log);
            Span<byte> tail = new byte[LogTailLength];
            int count = DescriptorCalls.ReadAt(log, tail, Math.Max(0, length - LogTailLength));
            return Encoding.UTF8.GetString(tail[..Math.Max(0, count)]);
        }
        catch (LinuxException)
        {
            return ""; // It did not come so far as to open its log.
        }
    }
}
