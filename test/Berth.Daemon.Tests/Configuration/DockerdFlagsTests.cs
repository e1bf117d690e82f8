using Berth.Daemon.Configuration;
using Berth.TestHost;

namespace Berth.Daemon.Tests.Configuration;

/// <summary>What dockerd can be told and this daemon cannot change: taken where it is so anyway, else refused with what to do.</summary>
public sealed class DockerdFlagsTests
{
    [Theory]
    [InlineData("""{"storage-driver": "overlay2", "storage-opts": ["overlay2.override_kernel_check=true"], "experimental": true, "live-restore": true}""")]
    [InlineData("""{"iptables": true, "ip6tables": false, "ipv6": false, "fixed-cidr-v6": "", "userland-proxy": false, "userland-proxy-path": "/usr/bin/docker-proxy"}""")]
    [InlineData("""{"exec-opts": ["native.cgroupdriver=cgroupfs"], "selinux-enabled": false, "userns-remap": "", "cri-containerd": false, "rootless": false}""")]
    [InlineData("""{"containerd": "/run/containerd/containerd.sock", "containerd-namespace": "a", "containerd-plugin-namespace": "b"}""")]
    [InlineData("""{"containerd-plugins-namespace": "b", "raw-logs": true, "network-control-plane-mtu": 1400, "firewall-backend": "nftables"}""")]
    [InlineData("""{"authorization-plugins": [], "cpu-rt-period": 0, "metrics-addr": "", "allow-nondistributable-artifacts": ["r:1"], "cluster-store-opts": {}}""")]
    [InlineData("""{"features": {"buildkit": true}, "builder": {"gc": {"enabled": true}}, "deprecated-key-path": "/etc/docker/key.json", "swarm-default-advertise-addr": ""}""")]
    public void What_is_so_anyway_is_taken_and_changes_nothing(string file) =>
        Assert.Equivalent(Parse("{}").Engine, Parse(file).Engine, strict: true);

    [Theory]
    [InlineData("""{"storage-driver": "btrfs"}""", "storage-driver \"btrfs\" is not supported: layers are kept by overlayfs; say \"overlay2\", or leave it out")]
    [InlineData("""{"storage-opts": ["overlay2.size=1G"]}""", "storage-opts \"overlay2.size=1G\" is not supported: there are no quotas for containers' layers; leave it out")]
    [InlineData("""{"ipv6": true}""", "ipv6 \"true\" is not supported: containers have IPv4 addresses only; leave it out")]
    [InlineData("""{"iptables": false}""", "iptables \"false\" is not supported: published ports need the firewall, which only gets a table of this daemon's own; leave it out, and use --network host where no rules are wanted")]
    [InlineData("""{"exec-opts": ["native.cgroupdriver=systemd"]}""", "exec-opts \"native.cgroupdriver=systemd\" is not supported: containers' groups are made in the cgroup file system; say native.cgroupdriver=cgroupfs, or leave it out")]
    [InlineData("""{"exec-opts": ["native.umask=normal"]}""", "invalid exec-opt (native.umask=normal): unknown option: 'native.umask'")]
    [InlineData("""{"exec-opts": ["cgroupfs"]}""", "invalid exec-opt (cgroupfs): must be formatted 'opt=value'")]
    [InlineData("""{"authorization-plugins": ["opa"]}""", "authorization-plugins \"opa\" is not supported: this daemon has no plugins; leave it out, and let only trusted users reach the socket")]
    [InlineData("""{"graph": "/data"}""", "graph \"/data\" is not supported: Docker has removed it; say data-root")]
    [InlineData("""{"cluster-store-opts": {"kv.path": "a"}}""", "cluster-store-opts \"kv.path=a\" is not supported: Docker has removed it; leave it out")]
    [InlineData("""{"default-ipc-mode": "host"}""", "IPC mode \"host\" is not supported as default value; use \"shareable\" or \"private\"")]
    [InlineData("""{"default-cgroupns-mode": "mine"}""", "invalid default cgroup namespace (mine): use \"host\" or \"private\"")]
    [InlineData("""{"log-format": "xml"}""", "invalid log format: xml")]
    [InlineData("""{"fixed-cidr": "fd00::/64"}""", "invalid fixed-cidr: fd00::/64 is no IPv4 network, such as 172.17.1.0/24")]
    [InlineData("""{"host-gateway-ips": ["10.0.0.1", "10.0.0.2"]}""", "only one IPv4 host gateway IP address can be specified")]
    public void What_cannot_be_is_refused_with_its_name_its_value_and_what_to_do(string file, string reason) =>
        Assert.EndsWith($"/daemon.json: configuration validation from file failed: {reason}", Refusal(file), StringComparison.Ordinal);

    /// <summary>Every flag has a value that is refused or none that is looked at; a refusal says what to do.</summary>
    [Fact]
    public void Every_refusal_says_what_to_do()
    {
        foreach (DaemonFlag flag in DaemonFlag.All.Where(flag => flag.Refusal is not null && flag.Name != "exec-opt"))
        {
            foreach (string value in (string[])["true", "false", "x"])
            {
                Assert.Matches("^$|; (leave it out|say )", flag.Refusal!(value) ?? "");
            }
        }
    }

    [Fact]
    public void A_flag_is_refused_like_its_directive()
    {
        Assert.Equal("userns-remap \"default\" is not supported: containers have no user namespace of their own; leave it out, and choose a user with --user",
            Assert.Throws<ConfigurationException>(() => Parse("{}", "--userns-remap=default")).Message);
        Assert.Equal("storage-driver \"zfs\" is not supported: layers are kept by overlayfs; say \"overlay2\", or leave it out",
            Assert.Throws<ConfigurationException>(() => Parse("{}", "-s", "zfs")).Message);
        Parse("{}", "--containerd=/run/containerd/containerd.sock", "--userland-proxy=false", "-s", "overlay2", "--feature", "buildkit=true", "-r");
    }

    [Fact]
    public void The_earlier_name_of_the_hosts_gateway_is_known()
    {
        Assert.Equal(["10.0.0.1"], Parse("""{"host-gateway-ip": "10.0.0.1"}""").Engine.HostGatewayAddresses);
        Assert.EndsWith("host-gateway-ip and host-gateway-ips must not both be specified in the config file",
            Refusal("""{"host-gateway-ip": "10.0.0.1", "host-gateway-ips": ["10.0.0.1"]}"""), StringComparison.Ordinal);
        Assert.Contains("host-gateway-ip: (from flag: [10.0.0.2], from file: 10.0.0.1)",
            Refusal("""{"host-gateway-ip": "10.0.0.1"}""", "--host-gateway-ip=10.0.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Proxies_go_into_the_environment_in_both_spellings_and_no_password_into_a_sentence()
    {
        Assert.Equal(
            [("HTTP_PROXY", "http://p:1"), ("http_proxy", "http://p:1"), ("NO_PROXY", "a,b"), ("no_proxy", "a,b")],
            Parse("""{"proxies": {"http-proxy": "http://p:1", "https-proxy": "", "no-proxy": "a,b"}}""").ProxyVariables);
        Assert.EndsWith("http-proxy: (from flag: http://xxxxx:xxxxx@q/, from file: http://xxxxx:xxxxx@p/)",
            Refusal("""{"proxies": {"http-proxy": "http://me:secret@p/"}}""", "--http-proxy=http://me:secret@q/"), StringComparison.Ordinal);
    }

    private static string Refusal(string file, params string[] flags) => Assert.Throws<ConfigurationException>(() => Parse(file, flags)).Message;

    private static DaemonOptions Parse(string file, params string[] flags)
    {
        using var scratch = new ScratchDirectory();
        string path = scratch.File("daemon.json");
        File.WriteAllText(path, file);
        return DaemonOptions.Parse(["--config-file", path, .. flags]);
    }
}
