using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Berth.Daemon.Configuration;
using Berth.Engine;
using Berth.Engine.Daemon;
using Berth.TestHost;

namespace Berth.Daemon.Tests;

/// <summary>What only one daemon can have.</summary>
public sealed class ExclusivityTests
{
    [Fact]
    public void A_socket_that_nobody_listens_on_is_replaced()
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("d.sock");
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            dead.Bind(new UnixDomainSocketEndPoint(path));
            // As a killed daemon leaves it: the file stays.
            File.Move(path, path + ".kept");
        }

        File.Move(path + ".kept", path);
        using Listeners listeners = Listeners.Bind(Options(directory, path));

        Assert.True(File.Exists(path));
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(path) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite));
    }

    [Fact]
    public void A_socket_that_a_daemon_answers_on_is_refused_with_what_to_do()
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("d.sock");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();

        EngineException refusal = Assert.Throws<EngineException>(() => Listeners.Bind(Options(directory, path)));

        Assert.Equal($"another daemon answers on {path}: give this one a socket of its own with -H unix:///path/to/docker.sock", refusal.Message);
        Assert.True(File.Exists(path));
    }

    [Fact]
    public void A_group_that_was_named_must_exist()
    {
        using var directory = new ScratchDirectory();
        DaemonOptions options = Options(directory, directory.File("d.sock")) with { SocketGroup = "no-such-group" };

        Assert.EndsWith("group no-such-group not found", Assert.Throws<EngineException>(() => Listeners.Bind(options)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_root_belongs_to_one_daemon_until_it_ends()
    {
        using var directory = new ScratchDirectory();
        EngineOptions options = Options(directory, "/unused").Engine;
        using (DataRootLock.Acquire(options))
        {
            EngineException refusal = Assert.Throws<EngineException>(() => DataRootLock.Acquire(options));
            Assert.Equal(ErrorKind.Conflict, refusal.Kind);
            Assert.Contains(options.DataRoot, refusal.Message, StringComparison.Ordinal);
        }

        DataRootLock.Acquire(options).Dispose();
    }

    [Fact]
    public void A_pid_file_is_written_and_removed()
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("run/berthd.pid");
        using (PidFile.Create(path))
        {
            Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), File.ReadAllText(path));
        }

        Assert.False(File.Exists(path));
    }

    [Fact]
    public void A_pid_file_of_a_running_process_is_refused()
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("pid");
        File.WriteAllText(path, "1\n");

        Assert.Contains("process with PID 1 is still running", Assert.Throws<EngineException>(() => PidFile.Create(path)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("4194999")]
    [InlineData("not a number")]
    [InlineData("")]
    public void A_pid_file_of_nobody_is_replaced(string content)
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("pid");
        File.WriteAllText(path, content);

        using PidFile file = PidFile.Create(path);

        Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), File.ReadAllText(path));
    }

    [Fact]
    public async Task A_daemon_that_was_killed_and_not_yet_reaped_is_gone()
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("pid");
        // The shell's child ends at once; the shell, now another program, never waits for it.
        using Process shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "sh -c 'exit 0' & echo $!; exec sleep 60"]) { RedirectStandardOutput = true })!;
        try
        {
            int zombie = int.Parse((await shell.StandardOutput.ReadLineAsync())!, CultureInfo.InvariantCulture);
            while (!File.ReadAllText($"/proc/{zombie}/stat").Contains(") Z ", StringComparison.Ordinal))
            {
                await Task.Yield();
            }

            File.WriteAllText(path, $"{zombie}");
            using PidFile file = PidFile.Create(path);

            Assert.Equal(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), File.ReadAllText(path));
        }
        finally
        {
            shell.Kill();
        }
    }

    [Fact]
    public void A_pid_that_was_given_to_a_younger_process_is_stale()
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("pid");
        File.WriteAllText(path, "1");
        File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch.AddDays(1));

        using PidFile file = PidFile.Create(path);

        Assert.NotEqual("1", File.ReadAllText(path));
    }

    private static DaemonOptions Options(ScratchDirectory directory, string socket) => new()
    {
        Engine = new EngineOptions { DataRoot = directory.File("data"), ExecRoot = directory.File("exec") },
        PidFile = directory.File("pid"),
        Hosts = [ListenAddress.Unix(socket)],
    };
}
