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
        Assert.Equal(0, RunFrom(copy));
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
    public void However_often_the_program_changes_one_copy_is_open()
    {
        using var scratch = new ScratchDirectory();
        string path = scratch.File($"runtime-{Guid.NewGuid():N}");
        using (var copies = new RuntimeCopies())
        {
            for (int change = 0; change < 20; change++)
            {
                Replace(path);
                Assert.NotNull(copies.Of(path));
                Assert.Single(OpenCopies(path));
            }

            File.WriteAllText(path, "#!/bin/sh\n");
            Assert.Null(copies.Of(path));
            Assert.Empty(OpenCopies(path));
            Replace(path);
            Assert.NotNull(copies.Of(path));
        }

        Assert.Empty(OpenCopies(path));
    }

    [Fact]
    public void Copy_in_use_stays_open_when_the_program_changes_and_when_all_is_over()
    {
        using var scratch = new ScratchDirectory();
        string path = scratch.File($"runtime-{Guid.NewGuid():N}");
        var copies = new RuntimeCopies();
        Replace(path);
        RuntimeCopy first = copies.Take(path, out IDisposable? firstUse)!;
        Replace(path);
        RuntimeCopy second = copies.Take(path, out IDisposable? secondUse)!;
        copies.Dispose();

        Assert.Equal(2, OpenCopies(path).Count);
        Assert.Equal(0, RunFrom(first));
        firstUse!.Dispose();
        Assert.Single(OpenCopies(path));
        Assert.Equal(0, RunFrom(second));
        secondUse!.Dispose();
        Assert.Empty(OpenCopies(path));
        Assert.Null(copies.Take(path, out _));
    }

    private static void Replace(string path)
    {
        File.Copy("/bin/true", path + ".new");
        File.Move(path + ".new", path, overwrite: true);
    }

    private static IReadOnlyList<string> OpenCopies(string path) =>
        OpenFiles.Where(target => target.StartsWith($"/memfd:{Path.GetFileName(path)}", StringComparison.Ordinal));

    private static int RunFrom(RuntimeCopy copy)
    {
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        int pid = ChildProcess.Spawn(new SpawnRequest { Path = "/proc/self/fd/3", Arguments = ["true"], Descriptors = [nothing, nothing, nothing, copy.Program] });
        return ChildProcess.Wait(pid).ExitCode;
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
