using Berth.Linux;
using Berth.Linux.Namespaces;
using Berth.Linux.Netlink;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Networks;

/// <summary>A container's network namespace, open for work. While it is open the namespace cannot end, so it is closed as soon as the work is done.</summary>
internal sealed class SandboxNamespace : IDisposable
{
    private SandboxNamespace(SafeFileHandle handle, NetlinkSocket netlink)
    {
        Handle = handle;
        Netlink = netlink;
    }

    public SafeFileHandle Handle { get; }

    /// <summary>Speaks about the interfaces inside.</summary>
    public NetlinkSocket Netlink { get; }

    /// <summary>Makes a namespace with loopback up and pins it at <paramref name="path"/>, in place of what a crash may have left there.</summary>
    public static SandboxNamespace Create(string path)
    {
        NetNamespace.Delete(path);
        NetlinkSocket netlink = NetNamespace.Create(path, _ =>
        {
            // Interfaces to come have no IPv6, not even link-local (CVE-2024-32473). Loopback is there already and keeps ::1, as in moby 26 and later.
            if (Sysctl.Read("net", "ipv6", "conf", "default", "disable_ipv6") is not null)
            {
                Sysctl.Write("1", "net", "ipv6", "conf", "default", "disable_ipv6");
            }

            var batch = new NetlinkBatch();
            batch.SetUp("lo");
            NetlinkSocket socket = NetlinkSocket.OpenRoute();
            socket.Execute(batch);
            return socket;
        });
        return new SandboxNamespace(NetNamespace.Open(path), netlink);
    }

    public static SandboxNamespace Open(string path) => new(NetNamespace.Open(path), NetNamespace.RunInside(path, NetlinkSocket.OpenRoute));

    public void Dispose()
    {
        Netlink.Dispose();
        Handle.Dispose();
    }
}
