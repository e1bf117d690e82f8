using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Runtime.Shim;
using Berth.TestHost;
using ChildProcess = Berth.Linux.Processes.ChildProcess;

namespace Berth.Runtime.Tests.Shim;

public sealed class RuntimeCopiesTests
{
    [Fact]
    public void Copy_runs_and_cannot_be_changed()
    {
        using var copies = new RuntimeCopies();
        RuntimeCopy copy = copies.Of("/bin/true")!; // every system has it, and it is no script

        Assert.Equal(-Errno.EPERM, DescriptorCalls.Write(copy.Program, "x"u8));
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        int pid = ChildProcess.Spawn(new SpawnRequest { Path = "/proc/self/fd/3", Arguments = ["true"], Descriptors = [nothing, nothing, nothing, copy.Program] });
        Assert.Equal(0, ChildProcess.Wait(pid).ExitCode);
    }

    [Fact]
    public void Program_is_copied_again_when_it_has_changed()
    {
        using var scratch = new ScratchDirectory();
        using var copies = new RuntimeCopies();
        string path = scratch.File("runtime");
        File.Copy("/bin/true", path);
        RuntimeCopy first = copies.Of(path)!;
        Assert.Same(first, copies.Of(path));

        File.Copy("/bin/false", path + ".new");
        File.Move(path + ".new", path, overwrite: true);
        Assert.NotSame(first, copies.Of(path));
    }

    [Fact]
    public void Script_is_not_copied()
    {
        using var scratch = new ScratchDirectory();
        using var copies = new RuntimeCopies();
        string path = scratch.File("runtime");
        File.WriteAllText(path, "#!/bin/sh\nexec crun \"$@\"\n");
        Assert.Null(copies.Of(path));
        Assert.Null(copies.Of(scratch.File("missing")));
    }
}
