using Berth.TestHost;

namespace Berth.Runtime.Tests.Shim;

/// <summary>What a container's process does under any OCI runtime.</summary>
public abstract class ShimRuntimeContract(string runtime)
{
    private static readonly AttachRequest AllOutput = new() { Stdout = true, Stderr = true };
    private static readonly AttachRequest Everything = new() { Stdin = true, Stdout = true, Stderr = true, CloseStdin = true };

    private ContainerBed NewBed() => new(runtime);

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_process_that_ends_by_itself_has_its_own_exit_code()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sh", "-c", "exit 7"]);
        Assert.Equal(7, (await task.ExitAsync()).ExitCode);
        Assert.Equal(7, bed.Bundle.ReadExit()?.ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_process_that_a_signal_ends_has_128_and_the_signal()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        Assert.True(Directory.Exists($"/proc/{task.Pid}"));
        await task.SignalAsync(9, CancellationToken.None);
        TaskExit exit = await task.ExitAsync();
        Assert.Equal(137, exit.ExitCode);
        Assert.False(exit.OutOfMemory);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_signal_to_a_process_that_has_ended_is_refused()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["true"]);
        await task.ExitAsync();
        await Assert.ThrowsAsync<RuntimeFailureException>(() => task.SignalAsync(15, CancellationToken.None));
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task After_its_release_nothing_is_left_but_the_exit()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["true"]);
        await task.ExitAsync();
        await task.Released.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(
            ["config.json", "exec", "exit", "rootfs", "runtime.log", "shim.log"],
            Directory.GetFileSystemEntries(bed.Bundle.Directory).Select(Path.GetFileName).Where(n => n != "runtime.log").Append("runtime.log").Order(StringComparer.Ordinal));
        Assert.Empty(Directory.GetFileSystemEntries(bed.StateDirectory));
        Assert.Equal("", File.ReadAllText(bed.Bundle.ShimLogPath));

        // And the id may be used again.
        IContainerTask again = await bed.RunAsync(["sh", "-c", "exit 3"]);
        Assert.Equal(3, (await again.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Who_attaches_before_the_start_gets_the_first_byte()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "echo out; echo err >&2"]);
        await using IAttachment attachment = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        Assert.Equal(("out\n", "err\n"), await attachment.ReadFramesAsync());
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task The_end_of_the_input_reaches_the_process_and_its_output_still_comes_back()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "cat; echo done"], openStdin: true);
        await using IAttachment attachment = await task.AttachAsync(Everything, CancellationToken.None);
        await attachment.WriteAsync("one ");
        await task.StartAsync(CancellationToken.None);
        await attachment.WriteAsync("two\n");
        attachment.CompleteInput();
        Assert.Equal(("one two\ndone\n", ""), await attachment.ReadFramesAsync());
        Assert.Equal(0, (await task.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Much_input_arrives_whole_although_its_sender_goes_away_at_once()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "sleep 0.3; cat | busybox wc -c"], openStdin: true);
        await using IAttachment reader = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        await using (IAttachment writer = await task.AttachAsync(new() { Stdin = true, CloseStdin = true }, CancellationToken.None))
        {
            await writer.Stream.WriteAsync(new byte[3_000_000], CancellationToken.None);
        }

        Assert.Equal("3000000\n", (await reader.ReadFramesAsync()).Stdout);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task An_input_that_is_kept_open_survives_the_attachment_that_used_it()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sh", "-c", "read a; read b; echo $a $b"], openStdin: true);
        await using (IAttachment first = await task.AttachAsync(new() { Stdin = true, Stdout = true }, CancellationToken.None))
        {
            await first.WriteAsync("one\n");
            first.CompleteInput();
        }

        await using IAttachment second = await task.AttachAsync(new() { Stdin = true, Stdout = true }, CancellationToken.None);
        await second.WriteAsync("two\n");
        Assert.Equal("one two\n", (await second.ReadFramesAsync()).Stdout);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Without_an_input_the_process_reads_the_end_at_once()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["cat"]);
        Assert.Equal(0, (await task.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Two_attachments_get_the_same_each_the_streams_it_asked_for()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "echo out; echo err >&2"]);
        await using IAttachment both = await task.AttachAsync(AllOutput, CancellationToken.None);
        await using IAttachment errors = await task.AttachAsync(new() { Stderr = true }, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        Assert.Equal(("out\n", "err\n"), await both.ReadFramesAsync());
        Assert.Equal(("", "err\n"), await errors.ReadFramesAsync());
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_reader_that_does_not_keep_up_makes_the_process_wait_and_misses_nothing()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "yes 0123456789 | head -c 5000000"], log: new LogTarget());
        await using IAttachment slow = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);

        // Far more than sockets and pipes hold: as long as nobody reads, the process cannot end.
        Assert.NotSame(task.Exited, await Task.WhenAny(task.Exited, Task.Delay(500)));
        Assert.Equal(5_000_000, (await slow.ReadFramesAsync()).Stdout.Length);
        Assert.Equal(0, (await task.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_reader_that_goes_away_does_not_hold_the_process_up()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "yes 0123456789 | head -c 5000000"], log: new LogTarget());
        IAttachment gone = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        await gone.DisposeAsync();
        Assert.Equal(0, (await task.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_terminal_has_the_size_it_was_given_and_then_another()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh"], terminal: true, openStdin: true);
        await using IAttachment attachment = await task.AttachAsync(Everything, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        await attachment.WriteAsync("stty size\n");
        Assert.Contains("25 77", await attachment.ReadUntilAsync("25 77"), StringComparison.Ordinal);
        await task.ResizeAsync(40, 132, CancellationToken.None);
        await attachment.WriteAsync("stty size\n");
        await attachment.ReadUntilAsync("40 132");
        await attachment.WriteAsync("exit 5\n");
        Assert.Equal(5, (await task.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task All_output_of_a_terminal_arrives_before_its_end()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "yes 0123456789 | head -n 20000"], terminal: true);
        await using IAttachment attachment = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        Assert.Equal(20_000 * "0123456789\r\n".Length, (await attachment.ReadAllAsync()).Length);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task An_exec_has_its_own_streams_and_exit_code()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        IExecTask exec = await task.PrepareExecAsync(ContainerBed.Exec("e1", ["sh", "-c", "cat; echo err >&2; exit 9"], openStdin: true), CancellationToken.None);
        await using IAttachment attachment = await exec.AttachAsync(Everything, CancellationToken.None);
        await exec.StartAsync(CancellationToken.None);
        Assert.True(exec.Pid > 0);
        await attachment.WriteAsync("in");
        attachment.CompleteInput();
        Assert.Equal(("in", "err\n"), await attachment.ReadFramesAsync());
        Assert.Equal(9, (await exec.ExitAsync()).ExitCode);
        Assert.False(task.Exited.IsCompleted);
        Assert.Empty(Directory.GetFileSystemEntries(bed.Bundle.ExecDirectory));
        Assert.Equal("", File.ReadAllText(bed.LogPath));
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task An_exec_with_a_terminal_can_be_resized_and_killed()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        IExecTask exec = await task.PrepareExecAsync(ContainerBed.Exec("e2", ["sh"], terminal: true, openStdin: true), CancellationToken.None);
        await using IAttachment attachment = await exec.AttachAsync(Everything, CancellationToken.None);
        await exec.StartAsync(CancellationToken.None);
        await attachment.WriteAsync("stty size\n");
        await attachment.ReadUntilAsync("31 99");
        await exec.ResizeAsync(20, 60, CancellationToken.None);
        await attachment.WriteAsync("stty size\n");
        await attachment.ReadUntilAsync("20 60");
        await exec.SignalAsync(9, CancellationToken.None);
        Assert.Equal(137, (await exec.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task An_exec_ends_although_its_children_keep_its_output_open()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        IExecTask exec = await task.PrepareExecAsync(ContainerBed.Exec("e3", ["sh", "-c", "sleep 1000 & echo started"]), CancellationToken.None);
        await using IAttachment attachment = await exec.AttachAsync(AllOutput, CancellationToken.None);
        await exec.StartAsync(CancellationToken.None);
        Assert.Equal("started\n", (await attachment.ReadFramesAsync()).Stdout);
        Assert.Equal(0, (await exec.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Execs_end_with_their_container()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        IExecTask exec = await task.PrepareExecAsync(ContainerBed.Exec("e4", ["sleep", "1000"]), CancellationToken.None);
        await exec.StartAsync(CancellationToken.None);
        await task.SignalAsync(9, CancellationToken.None);
        Assert.Equal(137, (await task.ExitAsync()).ExitCode);
        Assert.Equal(137, (await exec.ExitAsync()).ExitCode);
    }

    [LinuxTheory(Needs.Root | Needs.OciRuntime)]
    [InlineData("nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/x", 127, "exec: \"/x\": stat /x: no such file or directory")]
    [InlineData("/etc-file", 126, "exec: \"/etc-file\": permission denied")]
    [InlineData("", 127, "exec: \"\": executable file not found in $PATH")]
    public async Task A_command_that_cannot_be_run_fails_with_the_words_that_clients_look_for(string command, int code, string reason)
    {
        await using ContainerBed bed = NewBed();
        File.WriteAllText(Path.Combine(bed.Bundle.RootFsPath, "etc-file"), "");
        IContainerTask task = await bed.PrepareAsync([command]);
        await using IAttachment attachment = await task.AttachAsync(AllOutput, CancellationToken.None);
        RuntimeFailureException failure = await Assert.ThrowsAsync<RuntimeFailureException>(() => task.StartAsync(CancellationToken.None));
        Assert.Equal(
            "failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: "
            + $"error during container init: {reason}: unknown",
            failure.Message);
        Assert.Equal(code, failure.ExitCode);
        Assert.Equal(("", ""), await attachment.ReadFramesAsync());
        Assert.Equal("", File.ReadAllText(bed.LogPath));
        Assert.True(task.Released.IsCompleted);
        Assert.Empty(Directory.GetFileSystemEntries(bed.StateDirectory));
    }

    [LinuxTheory(Needs.Root | Needs.OciRuntime)]
    [InlineData("nosuch", 127, "exec: \"nosuch\": executable file not found in $PATH")]
    [InlineData("/etc-file", 126, "exec: \"/etc-file\": permission denied")]
    public async Task An_exec_that_cannot_be_run_says_so_and_leaves_the_container_alone(string command, int code, string reason)
    {
        await using ContainerBed bed = NewBed();
        File.WriteAllText(Path.Combine(bed.Bundle.RootFsPath, "etc-file"), "");
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        IExecTask exec = await task.PrepareExecAsync(ContainerBed.Exec("bad", [command]), CancellationToken.None);
        RuntimeFailureException failure = await Assert.ThrowsAsync<RuntimeFailureException>(() => exec.StartAsync(CancellationToken.None));
        Assert.Equal($"OCI runtime exec failed: exec failed: unable to start container process: {reason}: unknown", failure.Message);
        Assert.Equal(code, failure.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(bed.Bundle.ExecDirectory));
        Assert.False(task.Exited.IsCompleted);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Pause_stops_the_process_and_resume_lets_it_go_on()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sh", "-c", "while :; do echo tick; sleep 0.02; done"]);
        await using IAttachment attachment = await task.AttachAsync(AllOutput, CancellationToken.None);
        await attachment.ReadUntilAsync("tick");
        await task.PauseAsync(CancellationToken.None);
        long length = new FileInfo(bed.LogPath).Length;
        await Task.Delay(200);
        Assert.Equal(length, new FileInfo(bed.LogPath).Length);
        await task.ResumeAsync(CancellationToken.None);
        await attachment.ReadUntilAsync("tick");
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Nothing_of_the_daemon_is_inherited()
    {
        await using ContainerBed bed = NewBed();

        // busybox itself and not its shell, which ignores SIGQUIT. 3 is the directory that find reads.
        IContainerTask task = await bed.PrepareAsync(["busybox", "find", "/proc/self/fd", "-type", "l"]);
        await using IAttachment descriptors = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        Assert.Equal(["0", "1", "2", "3"], (await descriptors.ReadFramesAsync()).Stdout.TrimEnd().Split('\n').Select(Path.GetFileName));
        await task.Released.WaitAsync(TimeSpan.FromSeconds(30));

        task = await bed.PrepareAsync(["busybox", "grep", "-E", "Sig(Blk|Ign)", "/proc/self/status"]);
        await using IAttachment signals = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        Assert.Equal("SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n", (await signals.ReadFramesAsync()).Stdout);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task The_log_is_kept_in_dockers_format()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sh", "-c", "echo 'a <b>'; echo err >&2; printf end"]);
        await task.ExitAsync();
        string[] lines = File.ReadAllLines(bed.LogPath);
        Assert.Contains(lines, line => line.StartsWith("{\"log\":\"a \\u003cb\\u003e\\n\",\"stream\":\"stdout\",\"time\":\"20", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("{\"log\":\"err\\n\",\"stream\":\"stderr\",\"time\":\"20", StringComparison.Ordinal));
        Assert.Contains(lines, line => line.StartsWith("{\"log\":\"end\",\"stream\":\"stdout\",\"time\":\"20", StringComparison.Ordinal));
        Assert.Equal(3, lines.Length);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_program_for_another_processor_says_so_in_the_log()
    {
        await using ContainerBed bed = NewBed();
        string program = Path.Combine(bed.Bundle.RootFsPath, "bin/foreign");
        File.WriteAllText(program, "no program");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        IContainerTask task = await bed.PrepareAsync(["foreign"]);
        await using IAttachment attachment = await task.AttachAsync(AllOutput, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        Assert.Equal(("", "exec /bin/foreign: exec format error\n"), await attachment.ReadFramesAsync());
        Assert.NotEqual(0, (await task.ExitAsync()).ExitCode);
        Assert.Contains("exec format error", File.ReadAllText(bed.LogPath), StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Limits_can_be_changed_while_it_runs()
    {
        await using ContainerBed bed = NewBed();
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        await task.UpdateAsync("""{"pids":{"limit":77}}"""u8.ToArray(), CancellationToken.None);
        string[] limits = Directory.GetDirectories("/sys/fs/cgroup", bed.Id, new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 })
            .Select(directory => Path.Combine(directory, "pids.max")).Where(File.Exists).Select(File.ReadAllText).ToArray();
        Assert.Equal("77\n", Assert.Single(limits));
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Many_short_containers_all_tell_their_exit()
    {
        for (int i = 0; i < 25; i++)
        {
            await using ContainerBed bed = NewBed();
            IContainerTask task = await bed.PrepareAsync(["sh", "-c", $"echo {i}; exit {i}"]);
            await using IAttachment attachment = await task.AttachAsync(AllOutput, CancellationToken.None);
            await task.StartAsync(CancellationToken.None);
            Assert.Equal(i, (await task.ExitAsync()).ExitCode);
            Assert.Equal($"{i}\n", (await attachment.ReadFramesAsync()).Stdout);
            await task.Released.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }
}

public sealed class CrunTests() : ShimRuntimeContract("crun");

public sealed class RuncTests() : ShimRuntimeContract("runc");
