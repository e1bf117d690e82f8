using Berth.TestHost;
using static Berth.EndToEnd.DockerFixture;

namespace Berth.EndToEnd.Networks;

public sealed class NetworkTests(DockerFixture docker)
{
    [LinuxFact(Required)]
    public async Task Published_port_is_reached_by_loopback_host_address_and_from_a_container()
    {
        string name = docker.Name("web");
        await docker.Output("run", "-d", "--name", name, "-p", "80", "busybox", "sh", "-c", "echo hello > /index.html; exec httpd -f -p 80 -h /");
        string port = (await docker.Output("port", name, "80/tcp")).Split('\n')[0].Split(':')[^1];
        string gateway = await docker.Output("network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}");
        Assert.Equal("hello", await Fetch("127.0.0.1", port));
        Assert.Equal("hello", await Fetch(gateway, port));
        Assert.Equal("hello", await docker.Output("run", "--rm", "busybox", "sh", "-c", $"printf 'GET /index.html HTTP/1.0\\r\\n\\r\\n' | nc -w 5 {gateway} {port} | tail -1"));
        await docker.Output("rm", "-f", name);
    }

    [LinuxFact(Required)]
    public async Task Port_in_use_is_refused_and_leaves_nothing()
    {
        string first = docker.Name("port");
        await docker.Output("run", "-d", "--name", first, "-p", "127.0.0.1::80", "busybox", "sleep", "1000");
        string port = (await docker.Output("port", first, "80/tcp")).Split(':')[^1];
        string second = docker.Name("port");
        CommandResult refused = await docker.Docker("run", "-d", "--rm", "--name", second, "-p", $"127.0.0.1:{port}:80", "busybox", "sleep", "1000");
        Assert.Equal(125, refused.ExitCode);
        Assert.Contains($"Bind for 127.0.0.1:{port} failed: port is already allocated", refused.Error, StringComparison.Ordinal);
        await docker.Eventually(() => docker.Output("ps", "-aq", "--filter", $"name={second}"), "");
        await docker.Output("rm", "-f", first);
    }

    [LinuxFact(Required)]
    public async Task Containers_of_a_network_find_each_other_by_name_and_alias()
    {
        string network = docker.Name("net");
        await docker.Output("network", "create", network);
        string server = await docker.Sleeping("server", "--network", network, "--network-alias", "db");
        string address = await docker.Output("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", server);
        foreach (string host in (string[])[server, "db"])
        {
            Assert.Contains(address, await docker.Output("run", "--rm", "--network", network, "busybox", "nslookup", host), StringComparison.Ordinal);
        }

        await docker.Output("run", "--rm", "--network", network, "busybox", "ping", "-c", "1", "-W", "5", server);
        CommandResult inUse = await docker.Docker("network", "rm", network);
        Assert.Equal(1, inUse.ExitCode);
        Assert.Contains("has active endpoints", inUse.Error, StringComparison.Ordinal);
        await docker.Output("rm", "-f", server);
        Assert.Equal(network, await docker.Output("network", "rm", network));
    }

    [LinuxFact(Required)]
    public async Task Networks_are_isolated_from_each_other()
    {
        string network = docker.Name("isolated");
        await docker.Output("network", "create", network);
        string server = await docker.Sleeping("hidden", "--network", network);
        string address = await docker.Output("inspect", "-f", "{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", server);
        Assert.NotEqual(0, (await docker.Docker("run", "--rm", "busybox", "ping", "-c", "1", "-W", "1", address)).ExitCode);
        await docker.Output("network", "connect", "bridge", server);
        string second = await docker.Output("inspect", "-f", "{{.NetworkSettings.Networks.bridge.IPAddress}}", server);
        await docker.Output("run", "--rm", "busybox", "ping", "-c", "1", "-W", "5", second);
        await docker.Output("network", "disconnect", "bridge", server);
        Assert.Equal(network, await docker.Output("inspect", "-f", "{{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}", server));
        await docker.Output("rm", "-f", server);
        await docker.Output("network", "rm", network);
    }

    [LinuxFact(Required)]
    public async Task Network_modes_share_or_leave_out()
    {
        Assert.Equal("lo", await docker.Output("run", "--rm", "--network", "none", "busybox", "sh", "-c", "ls /sys/class/net | grep -v tunl | grep -v sit | grep -v gre | grep -v erspan | grep -v ip6 | grep -v ip_vti"));
        string server = await docker.Sleeping("shared", "-h", "sharedhost");
        Assert.Equal(
            await docker.Output("exec", server, "cat", "/sys/class/net/eth0/address"),
            await docker.Output("run", "--rm", "--network", $"container:{server}", "busybox", "cat", "/sys/class/net/eth0/address"));
        Assert.Equal("sharedhost", await docker.Output("run", "--rm", "--network", $"container:{server}", "busybox", "hostname"));
        await docker.Output("rm", "-f", server);
    }

    [LinuxFact(Required)]
    public async Task Predefined_network_is_not_removed()
    {
        CommandResult result = await docker.Docker("network", "rm", "bridge");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("bridge is a pre-defined network and cannot be removed", result.Error, StringComparison.Ordinal);
        Assert.Contains("network nosuch not found", (await docker.Docker("network", "inspect", "nosuch")).Error, StringComparison.Ordinal);
    }

    [LinuxFact(Required)]
    public async Task Address_can_be_chosen_in_a_network_with_a_subnet()
    {
        string network = docker.Name("subnet");
        await docker.Output("network", "create", "--subnet", "10.251.77.0/24", "--gateway", "10.251.77.9", network);
        Assert.Contains("10.251.77.42", await docker.Output("run", "--rm", "--network", network, "--ip", "10.251.77.42", "busybox", "ip", "addr", "show", "eth0"), StringComparison.Ordinal);
        Assert.Contains("via 10.251.77.9", await docker.Output("run", "--rm", "--network", network, "busybox", "ip", "route"), StringComparison.Ordinal);
        await docker.Output("network", "rm", network);
    }

    private async Task<string> Fetch(string address, string port)
    {
        CommandResult result = await docker.Daemon.OnItsNetworkAsync("curl", "-sS", "-m", "10", "--retry", "5", "--retry-connrefused", $"http://{address}:{port}/");
        return result.Succeeds().Text;
    }
}
