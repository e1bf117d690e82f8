using Berth.Linux.Namespaces;
using Berth.TestHost;

namespace Berth.Linux.Tests.Namespaces;

public sealed class NetNamespaceTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string Pin => _scratch.File("ns");

    [LinuxFact(Needs.Network)]
    public void A_namespace_is_made_entered_and_gone_when_its_pin_is()
    {
        string made = NetNamespace.Create(Pin, _ => Current());

        Assert.NotEqual(Current(), made);
        Assert.Equal(made, NetNamespace.RunInside(Pin, Current));
        NetNamespace.Delete(Pin);
        Assert.False(File.Exists(Pin));
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => NetNamespace.RunInside(Pin, Current)).Errno);
    }

    [LinuxFact(Needs.Network)]
    public void The_callers_thread_stays_where_it_is()
    {
        string before = Current();
        NetNamespace.Create(Pin, _ => true);
        NetNamespace.RunInside(Pin, () => true);

        Assert.Equal(before, Current());
    }

    [LinuxFact(Needs.Network)]
    public void A_failure_inside_takes_the_pin_away()
    {
        Assert.Throws<InvalidDataException>(() => NetNamespace.Create<bool>(Pin, _ => throw new InvalidDataException()));

        Assert.False(File.Exists(Pin));
    }

    [LinuxFact(Needs.Network)]
    public void Deleting_what_is_not_there_is_no_error()
    {
        NetNamespace.Delete(Pin);
        File.WriteAllText(Pin, "");
        NetNamespace.Delete(Pin);

        Assert.False(File.Exists(Pin));
    }

    [LinuxFact(Needs.Network)]
    public void A_file_that_is_no_namespace_cannot_be_entered()
    {
        File.WriteAllText(Pin, "");

        LinuxException e = Assert.Throws<LinuxException>(() => NetNamespace.RunInside(Pin, () => true));

        Assert.Equal(("setns", Errno.EINVAL), (e.Call, e.Errno));
        File.Delete(Pin);
    }

    [LinuxFact(Needs.Network)]
    public void A_thread_may_live_in_a_namespace_and_work_there_for_others()
    {
        string made = NetNamespace.Create(Pin, _ => Current());
        using var thread = new NamespaceThread(Pin);

        Assert.Equal(made, thread.Run(Current));
        Assert.Throws<InvalidDataException>(() => thread.Run(() => throw new InvalidDataException()));
        Assert.Equal(made, thread.Run(() => thread.Run(Current)));
    }

    [LinuxFact(Needs.Network)]
    public void A_thread_cannot_live_where_nothing_is() => Assert.Throws<LinuxException>(() => new NamespaceThread(Pin));

    public void Dispose()
    {
        if (Machine.WhyNot(Needs.Network) is null)
        {
            NetNamespace.Delete(Pin);
        }

        _scratch.Dispose();
    }

    private static string Current() => File.ResolveLinkTarget("/proc/thread-self/ns/net", returnFinalTarget: false)!.Name;
}
