using Berth.Linux.Processes;
using Berth.Runtime.Shim;
using Berth.TestHost;
using ChildProcess = Berth.Linux.Processes.ChildProcess;

namespace Berth.Runtime.Tests.Shim;

/// <summary>The daemon goes and comes; so does, against all intentions, a shim.</summary>
public sealed class ReconnectTests
{
    private static readonly AttachRequest Everything = new() { Stdin = true, Stdout = true, Stderr = true };

    private readonly string _runtime = Machine.FindOnPath("crun") is not null ? "crun" : "runc";

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_new_daemon_takes_up_what_the_old_one_left()
    {
        await using var bed = new ContainerBed(_runtime);
        IContainerTask before = await bed.RunAsync(["sh", "-c", "while read l; do echo got $l; done; exit 4"], openStdin: true);
        IExecTask execBefore = await before.PrepareExecAsync(ContainerBed.Exec("kept", ["sleep", "1000"]), CancellationToken.None);
        await execBefore.StartAsync(CancellationToken.None);
        int pid = before.Pid;
        await before.DisposeAsync();

        using ShimRuntime daemon = bed.NewDaemon();
        IContainerTask after = await daemon.ReconnectAsync(bed.Bundle, CancellationToken.None) ?? throw new InvalidOperationException("lost");
        Assert.Equal(pid, after.Pid);
        Assert.False(after.Exited.IsCompleted);

        // Everything works as before: an exec of then and a new one, streams, the exit.
        IExecTask kept = after.FindExec("kept") ?? throw new InvalidOperationException("lost");
        Assert.Equal(execBefore.Pid, kept.Pid);
        await kept.SignalAsync(9, CancellationToken.None);
        Assert.Equal(137, (await kept.ExitAsync()).ExitCode);
        IExecTask fresh = await after.PrepareExecAsync(ContainerBed.Exec("fresh", ["sh", "-c", "exit 6"]), CancellationToken.None);
        await fresh.StartAsync(CancellationToken.None);
        Assert.Equal(6, (await fresh.ExitAsync()).ExitCode);

        await using IAttachment attachment = await after.AttachAsync(Everything with { CloseStdin = true }, CancellationToken.None);
        await attachment.WriteAsync("it\n");
        attachment.CompleteInput();
        Assert.Equal("got it\n", (await attachment.ReadFramesAsync()).Stdout);
        Assert.Equal(4, (await after.ExitAsync()).ExitCode);
        await after.Released.WaitAsync(TimeSpan.FromSeconds(30));
        await after.DisposeAsync();
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task What_ended_without_a_daemon_has_its_log_and_exit()
    {
        await using var bed = new ContainerBed(_runtime);
        IContainerTask task = await bed.RunAsync(["sh", "-c", "read l; echo bye; exit 8"], openStdin: true);
        await using (IAttachment attachment = await task.AttachAsync(Everything, CancellationToken.None))
        {
            await task.DisposeAsync();
            await attachment.WriteAsync("go\n");
            Assert.Equal("bye\n", (await attachment.ReadFramesAsync()).Stdout);
        }

        // Null as soon as the shim is gone; until then its connection tells.
        if (await bed.Runtime.ReconnectAsync(bed.Bundle, CancellationToken.None) is { } still)
        {
            await still.Released.WaitAsync(TimeSpan.FromSeconds(30));
            await still.DisposeAsync();
        }

        Assert.Null(await bed.Runtime.ReconnectAsync(bed.Bundle, CancellationToken.None));
        Assert.Equal(8, bed.Bundle.ReadExit()?.ExitCode);
        Assert.Contains("bye", File.ReadAllText(bed.LogPath), StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task What_was_only_prepared_goes_with_its_daemon()
    {
        await using var bed = new ContainerBed(_runtime);
        IContainerTask task = await bed.PrepareAsync(["true"]);
        int shim = int.Parse(File.ReadAllText(bed.Bundle.ShimPidPath).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        using Berth.Linux.Descriptors.Descriptor? process = PidFd.Open(shim);
        Assert.NotNull(process);
        await task.DisposeAsync();
        Assert.True(PidFd.WaitForExit(process, TimeSpan.FromSeconds(30)));
        Assert.Null(await bed.Runtime.ReconnectAsync(bed.Bundle, CancellationToken.None));
        Assert.Null(bed.Bundle.ReadExit());
    }

    [LinuxTheory(Needs.Root | Needs.OciRuntime)]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shim_that_is_killed_takes_its_container_with_it(bool whileConnected)
    {
        await using var bed = new ContainerBed(_runtime);
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        IExecTask exec = await task.PrepareExecAsync(ContainerBed.Exec("e", ["sleep", "1000"]), CancellationToken.None);
        await exec.StartAsync(CancellationToken.None);
        using Berth.Linux.Descriptors.Descriptor? init = PidFd.Open(task.Pid);
        int shim = int.Parse(File.ReadAllText(bed.Bundle.ShimPidPath).Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture);
        if (!whileConnected)
        {
            await task.DisposeAsync();
        }

        Assert.Equal(0, SignalCalls.Send(shim, SignalCalls.SIGKILL));
        if (whileConnected)
        {
            Assert.Equal(137, (await task.ExitAsync()).ExitCode);
            Assert.Equal(137, (await exec.ExitAsync()).ExitCode);
            await task.Released.WaitAsync(TimeSpan.FromSeconds(30));
        }
        else
        {
            using Berth.Linux.Descriptors.Descriptor? process = PidFd.Open(shim);
            Assert.True(process is null || PidFd.WaitForExit(process, TimeSpan.FromSeconds(30)));
            Assert.Null(await bed.Runtime.ReconnectAsync(bed.Bundle, CancellationToken.None));
        }

        Assert.True(init is not null && PidFd.WaitForExit(init, TimeSpan.FromSeconds(30)));
        Assert.Equal(137, bed.Bundle.ReadExit()?.ExitCode);
        Assert.Empty(Directory.GetFileSystemEntries(bed.StateDirectory));
        Assert.False(File.Exists(bed.Bundle.SocketPath));
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_stranger_with_a_recorded_process_id_is_left_alone()
    {
        await using var bed = new ContainerBed(_runtime);
        using Berth.Linux.Descriptors.Descriptor nothing = Berth.Linux.Descriptors.DescriptorCalls.Open("/dev/null", 2);
        int stranger = ChildProcess.Spawn(new SpawnRequest
        {
            Path = "/bin/sleep",
            Arguments = ["sleep", "1000"],
            Descriptors = [nothing, nothing, nothing],
            NewSession = true,
        });
        try
        {
            // Recorded by processes that had these ids before, at another time.
            File.WriteAllText(bed.Bundle.ShimPidPath, $"{stranger} 1\n");
            File.WriteAllText(bed.Bundle.InitPidPath, $"{stranger} 1\n");
            Assert.Null(await bed.Runtime.ReconnectAsync(bed.Bundle, CancellationToken.None));
            Assert.Null(ChildProcess.TryWait(stranger));
            Assert.Equal(137, bed.Bundle.ReadExit()?.ExitCode);
        }
        finally
        {
            _ = SignalCalls.Send(stranger, SignalCalls.SIGKILL);
            ChildProcess.Wait(stranger);
        }
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task The_shim_in_reserve_is_used_once_replaced_and_done_without_when_it_was_killed()
    {
        await using var bed = new ContainerBed(_runtime);
        await bed.Runtime.WarmUpAsync();
        int reserve = bed.Runtime.ReservePid;
        IContainerTask task = await bed.RunAsync(["sleep", "1000"]);
        Assert.Equal($"berth-shim\0{bed.Id}", File.ReadAllText($"/proc/{reserve}/cmdline").TrimEnd('\0'));
        await task.SignalAsync(9, CancellationToken.None);
        await task.Released.WaitAsync(TimeSpan.FromSeconds(30));
        await bed.Runtime.WarmUpAsync();
        int next = bed.Runtime.ReservePid;
        Assert.NotEqual(reserve, next);

        using Berth.Linux.Descriptors.Descriptor? process = PidFd.Open(next);
        _ = SignalCalls.Send(next, SignalCalls.SIGKILL);
        Assert.True(process is not null && PidFd.WaitForExit(process, TimeSpan.FromSeconds(30)));
        IContainerTask again = await bed.RunAsync(["sh", "-c", "exit 3"]);
        Assert.Equal(3, (await again.ExitAsync()).ExitCode);
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_bundle_may_lie_deeper_than_a_sockets_address_can_say()
    {
        await using var bed = new ContainerBed(_runtime, bundleName: Path.Combine(new string('a', 100), new string('b', 100)));
        IContainerTask task = await bed.PrepareAsync(["sh", "-c", "stty size"], terminal: true);
        await using IAttachment attachment = await task.AttachAsync(new() { Stdout = true }, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        await attachment.ReadUntilAsync("25 77");
        Assert.Equal(0, (await task.ExitAsync()).ExitCode);
        await task.Released.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task Processes_that_share_the_hosts_process_ids_end_with_the_first_one()
    {
        await using var bed = new ContainerBed(_runtime);
        bed.WriteConfig(
            ["sh", "-c", "echo start; sleep 1000 & echo $! >&2; exit 2"],
            change: config => config["linux"]!["namespaces"]!.AsArray().RemoveAt(0));
        IContainerTask task = await bed.PrepareAsync(bed.Request());
        await using IAttachment attachment = await task.AttachAsync(new() { Stdout = true, Stderr = true }, CancellationToken.None);
        await task.StartAsync(CancellationToken.None);
        Assert.Equal(2, (await task.ExitAsync()).ExitCode);
        (string stdout, string child) = await attachment.ReadFramesAsync();
        Assert.Equal("start\n", stdout);
        await task.Released.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.False(Directory.Exists($"/proc/{child.Trim()}"));
    }

    [LinuxFact(Needs.Root | Needs.OciRuntime)]
    public async Task A_process_that_the_kernel_kills_for_memory_is_told_apart()
    {
        await using var bed = new ContainerBed(_runtime);
        bed.WriteConfig(
            ["dd", "if=/dev/zero", "of=/dev/null", "bs=200M", "count=1"],
            change: config => config["linux"]!["resources"] = new System.Text.Json.Nodes.JsonObject
            {
                ["memory"] = new System.Text.Json.Nodes.JsonObject { ["limit"] = 20 << 20 },
            });
        IContainerTask task = await bed.PrepareAsync(bed.Request());
        await task.StartAsync(CancellationToken.None);
        TaskExit exit = await task.ExitAsync();
        Assert.Equal(137, exit.ExitCode);
        Assert.True(exit.OutOfMemory);
        Assert.True(bed.Bundle.ReadExit()?.OutOfMemory);
    }

    [LinuxFact(Needs.Root)]
    public async Task Of_a_bundle_that_is_gone_nothing_runs()
    {
        using var scratch = new ScratchDirectory();
        using var runtime = new ShimRuntime("test", scratch.Path, scratch.File("state"));
        Assert.Null(await runtime.ReconnectAsync(new Bundle(scratch.File("gone")), CancellationToken.None));
        Assert.Null(await runtime.ReconnectAsync(new Bundle(scratch.File(new string('g', 200))), CancellationToken.None));
    }

    [LinuxFact(Needs.Root)]
    public async Task A_program_directory_without_a_shim_is_a_failure_that_says_so()
    {
        using var scratch = new ScratchDirectory();
        using var runtime = new ShimRuntime("test", scratch.Path, scratch.File("state"));
        var request = new TaskRequest { ContainerId = "x", Bundle = new Bundle(scratch.Path), RuntimePath = "/bin/true", CgroupsPath = "/x", Log = new LogTarget() };
        RuntimeFailureException failure = await Assert.ThrowsAsync<RuntimeFailureException>(() => runtime.PrepareAsync(request, CancellationToken.None));
        Assert.Equal($"failed to start shim: exec {scratch.Path}/berth-shim: no such file or directory: unknown", failure.Message);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_log_that_cannot_be_written_is_a_failure_before_the_start()
    {
        await using var bed = new ContainerBed(_runtime);
        RuntimeFailureException failure = await Assert.ThrowsAsync<RuntimeFailureException>(
            () => bed.PrepareAsync(["true"], log: new LogTarget { Path = "/nowhere/log" }));
        Assert.Equal("failed to create shim task: open /nowhere/log: no such file or directory: unknown", failure.Message);
    }

    [LinuxFact(Needs.Root)]
    public async Task A_runtime_that_is_not_there_is_a_failure_of_the_start()
    {
        await using var bed = new ContainerBed(_runtime);
        bed.WriteConfig(["true"]);
        IContainerTask task = await bed.PrepareAsync(bed.Request() with { RuntimePath = "/nowhere/runtime" });
        RuntimeFailureException failure = await Assert.ThrowsAsync<RuntimeFailureException>(() => task.StartAsync(CancellationToken.None));
        Assert.Contains("exec /nowhere/runtime: no such file or directory", failure.Message, StringComparison.Ordinal);
        Assert.Equal(128, failure.ExitCode);
    }
}
