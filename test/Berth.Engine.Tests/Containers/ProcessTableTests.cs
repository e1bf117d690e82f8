using Berth.Api.Containers;
using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

public sealed class ProcessTableTests
{
    private const string Output = """
        UID          PID    PPID  C STIME TTY          TIME CMD
        root           1       0  0 10:00 ?        00:00:01 /sbin/init splash
        root         100       1  0 10:01 ?        00:00:00 sh -c sleep 1; exit
        nobody       101     100  0 10:01 pts/0    00:00:00 sleep 1

        """;

    [Fact]
    public void Rows_of_the_container_s_processes_are_chosen_and_the_last_column_holds_the_rest()
    {
        ContainerTop top = ProcessTable.Parse(Output, [100, 101, 4711]);

        Assert.Equal(["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"], top.Titles!);
        Assert.Equal(2, top.Processes!.Count);
        Assert.Equal("sh -c sleep 1; exit", top.Processes[0][^1]);
        Assert.Equal("nobody", top.Processes[1][0]);
    }

    [Fact]
    public void Threads_follow_their_process()
    {
        ContainerTop top = ProcessTable.Parse("PID TTY\n 7 ?\n - ?\n 8 ?\n - ?\n", [7]);

        Assert.Equal([["7", "?"], ["-", "?"]], top.Processes!);
    }

    [Fact]
    public void Without_a_PID_column_nothing_can_be_chosen() =>
        Assert.Equal("Couldn't find PID field in ps output", Assert.Throws<EngineException>(() => ProcessTable.Parse("USER CMD\nroot x\n", [1])).Message);

    [Theory]
    [InlineData("-o ppid=PID", "specifying \"ppid=PID\" is not allowed")]
    [InlineData("-e -o user=PIDx", "specifying \"user=PIDx\" is not allowed")]
    public void Another_column_must_not_pass_for_the_PID(string arguments, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<EngineException>(() => ProcessTable.Arguments(arguments)).Message);

    [Fact]
    public void Arguments_are_cut_at_white_space() => Assert.Equal(["-eo", "pid,args"], ProcessTable.Arguments(" -eo\tpid,args "));
}
