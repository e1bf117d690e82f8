using System.Text;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using ChildProcess = Berth.Linux.Processes.ChildProcess;

namespace Berth.Linux.Tests.Processes;

public sealed class ChildProcessTests
{
    [Fact]
    public void A_child_gets_the_arguments_environment_directory_and_descriptors_it_was_given_and_nothing_else()
    {
        (Descriptor reader, Descriptor writer) = DescriptorCalls.CreatePipe();
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        int pid = ChildProcess.Spawn(new SpawnRequest
        {
            Path = "/bin/sh",
            Arguments = ["sh", "-c", "echo $1 $GREETING $(pwd); ls /proc/$$/fd | tr '\\n' ' '", "sh", "grüße"],
            Environment = ["PATH=/bin:/usr/bin", "GREETING=hello"],
            WorkingDirectory = "/proc",
            Descriptors = [nothing, writer, nothing],
        });
        writer.Dispose();
        Assert.StartsWith("grüße hello /proc\n0 1 2 ", ReadAll(reader), StringComparison.Ordinal);
        Assert.Equal(0, ChildProcess.Wait(pid).ExitCode);
        reader.Dispose();
    }

    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 255", 255)]
    [InlineData("kill -9 $$", 137)]
    [InlineData("kill -15 $$", 143)]
    public void Its_end_is_a_code_or_128_and_a_signal(string script, int code) =>
        Assert.Equal(code, ChildProcess.Wait(Spawn("/bin/sh", "sh", "-c", script)).ExitCode);

    [Fact]
    public void A_program_that_is_not_there_is_an_error_and_no_child()
    {
        LinuxException error = Assert.Throws<LinuxException>(() => Spawn("/nowhere/program", "program"));
        Assert.Equal(Errno.ENOENT, error.Errno);
        Assert.Equal("/nowhere/program", error.Path);
    }

    [Fact]
    public void A_descriptor_that_would_be_overwritten_before_it_is_copied_is_refused()
    {
        // 3 := 1, when 1 is already something else.
        var low = new Descriptor(1);
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        Assert.Throws<ArgumentException>(() => ChildProcess.Spawn(new SpawnRequest
        {
            Path = "/bin/true",
            Arguments = ["true"],
            Descriptors = [nothing, nothing, nothing, low],
        }));
        _ = low.Release();
    }

    [Fact]
    public void A_child_that_runs_has_no_status_yet()
    {
        int pid = Spawn("/bin/sleep", "sleep", "1000");
        Assert.Null(ChildProcess.TryWait(pid));
        Assert.Equal(0, SignalCalls.Send(pid, SignalCalls.SIGKILL));
        Assert.Equal(137, ChildProcess.Wait(pid).ExitCode);
        Assert.Equal(-Errno.ESRCH, SignalCalls.Send(pid, SignalCalls.SIGKILL));
    }

    [Fact]
    public void A_process_is_known_by_its_start_time_until_it_is_gone()
    {
        int pid = Spawn("/bin/sleep", "sleep", "1000");
        long? start = ProcessCalls.StartTime(pid);
        Assert.True(start >= ProcessCalls.StartTime(Environment.ProcessId));
        using (Descriptor? process = PidFd.Open(pid))
        {
            Assert.NotNull(process);
            Assert.False(PidFd.WaitForExit(process, TimeSpan.FromMilliseconds(1)));
            _ = SignalCalls.Send(pid, SignalCalls.SIGKILL);
            Assert.True(PidFd.WaitForExit(process, TimeSpan.FromSeconds(30)));
        }

        ChildProcess.Wait(pid);
        Assert.Null(ProcessCalls.StartTime(pid));
        Assert.Null(PidFd.Open(pid));
    }

    private static int Spawn(string path, params string[] arguments)
    {
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        return ChildProcess.Spawn(new SpawnRequest { Path = path, Arguments = arguments, Descriptors = [nothing, nothing, nothing] });
    }

    private static string ReadAll(Descriptor reader)
    {
        var all = new List<byte>();
        var buffer = new byte[4096];
        for (int count = DescriptorCalls.Read(reader, buffer); count > 0; count = DescriptorCalls.Read(reader, buffer))
        {
            all.AddRange(buffer.AsSpan(0, count));
        }

        return Encoding.UTF8.GetString([.. all]);
    }
}
