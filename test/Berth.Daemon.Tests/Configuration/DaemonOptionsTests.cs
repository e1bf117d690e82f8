using System.Text;
using Berth.Daemon.Configuration;
using Berth.Engine;
using Berth.TestHost;

namespace Berth.Daemon.Tests.Configuration;

public sealed class DaemonOptionsTests
{
    [Fact]
    public void Flags_are_read_in_every_form_that_pflag_knows()
    {
        DaemonOptions options = Parse("-Dp/run/x.pid", "-H", "unix:///a.sock", "-Htcp://127.0.0.1:2375", "--host=tcp://[::1]:1", "--mtu", "1400",
            "--label=a=b", "--icc=false", "--default-ulimit", "nofile=64:128", "--default-address-pool", "base=10.0.0.0/16,size=24",
            "--default-shm-size=1g", "--registry-mirror=http://m:5000", "--insecure-registry", "10.0.0.0/8", "--log-opt", "max-size=10m");

        Assert.True(options.Debug);
        Assert.Equal("/run/x.pid", options.PidFile);
        Assert.Equal(["/a.sock", "127.0.0.1:2375", "[::1]:1"], options.Hosts.Select(host => host.ToString()));
        Assert.Equal(1400, options.Engine.Mtu);
        Assert.Equal(["a=b"], options.Engine.Labels);
        Assert.False(options.Engine.InterContainerCommunication);
        Assert.Equal((64, 128), options.Engine.DefaultUlimits["nofile"]);
        Assert.Equal(new AddressPoolOption("10.0.0.0/16", 24), Assert.Single(options.Engine.DefaultAddressPools));
        Assert.Equal(1L << 30, options.Engine.DefaultShmSizeBytes);
        Assert.Equal("http://m:5000/", Assert.Single(options.Engine.RegistryMirrors).AbsoluteUri);
        Assert.Equal(["10.0.0.0/8"], options.Engine.InsecureRegistries);
        Assert.Equal("10m", options.Engine.LogOptions["max-size"]);
    }

    [Theory]
    [InlineData("--bogus", "unknown flag: --bogus\nSee 'berthd --help'.")]
    [InlineData("-Z", "unknown shorthand flag: 'Z' in -Z\nSee 'berthd --help'.")]
    [InlineData("--mtu", "flag needs an argument: --mtu\nSee 'berthd --help'.")]
    [InlineData("--debug=maybe", "invalid argument \"maybe\" for \"--debug\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax\nSee 'berthd --help'.")]
    [InlineData("run", "\"berthd\" accepts no arguments.\nSee 'berthd --help'.")]
    [InlineData("--log-level=loud", "invalid logging level: loud")]
    [InlineData("--mtu=-1", "invalid default MTU: -1")]
    [InlineData("--max-concurrent-downloads=-2", "invalid max concurrent downloads: -2")]
    [InlineData("--label=novalue", "bad attribute format: novalue")]
    [InlineData("--host=http://x", "invalid bind address (http://x): unsupported protocol: http")]
    [InlineData("--host=tcp://x.example:1", "invalid bind address (tcp://x.example:1): x.example is neither an IP address nor localhost")]
    [InlineData("--registry-mirror=mirror:5000", "invalid mirror: no scheme specified for \"mirror:5000\": must use either 'https://' or 'http://'")]
    [InlineData("--dns=example.com", "invalid argument \"example.com\" for \"--dns\" flag: example.com is not an ip address")]
    [InlineData("--default-ulimit=nofile=9:5", "ulimit soft limit must be less than or equal to hard limit: 9 > 5")]
    [InlineData("--default-address-pool=base=10.0.0.0/16,size=8", "invalid pool size: 8")]
    [InlineData("--bip=172.17.0.1", "invalid bip: 172.17.0.1 is no address with a prefix length, such as 172.17.0.1/16")]
    [InlineData("--bridge=a-name-that-is-too-long", "invalid bridge name: a-name-that-is-too-long")]
    [InlineData("--default-shm-size=big", "invalid size: 'big'")]
    public void A_flag_that_cannot_be_is_refused_in_a_sentence(string flag, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Parse(flag)).Message);

    [Fact]
    public void A_socket_of_systemd_is_refused_with_what_to_do_instead() =>
        Assert.Contains("-H unix://", Assert.Throws<ConfigurationException>(() => Parse("-H", "fd://")).Message, StringComparison.Ordinal);

    [Fact]
    public void The_file_has_dockerds_names()
    {
        Settings settings = ParseFile("""
            {
              "hosts": ["unix:///b.sock"], "debug": true, "registry-mirrors": ["https://m"], "insecure-registries": ["r:1"],
              "default-address-pools": [{"base": "10.1.0.0/16", "size": 24}], "log-opts": {"max-file": "3"}, "labels": ["x=y"],
              "default-ulimits": {"nofile": {"Name": "nofile", "Soft": 1, "Hard": 2}}, "max-concurrent-downloads": 7, "live-restore": true,
              "runtimes": {"kata": {"path": "/usr/bin/kata", "runtimeArgs": ["--a", "b"]}}, "features": {"containerd-snapshotter": true}
            }
            """);
        EngineOptions engine = EngineSettings.From(settings);

        Assert.Equal(["unix:///b.sock"], settings.List("host"));
        Assert.True(settings.Switch("debug", false));
        Assert.Equal("https://m/", engine.RegistryMirrors[0].AbsoluteUri);
        Assert.Equal(["r:1"], engine.InsecureRegistries);
        Assert.Equal(new AddressPoolOption("10.1.0.0/16", 24), engine.DefaultAddressPools[0]);
        Assert.Equal("3", engine.LogOptions["max-file"]);
        Assert.Equal((1, 2), engine.DefaultUlimits["nofile"]);
        Assert.Equal(7, engine.MaxConcurrentDownloads);
        Assert.Equal(["--a", "b"], engine.Runtimes["kata"].Arguments);
    }

    [Fact]
    public void A_directive_that_does_not_exist_is_refused_with_its_name() =>
        Assert.Equal(
            "the following directives don't match any configuration option: bogus, host",
            Assert.Throws<ConfigurationException>(() => ParseFile("""{"bogus": 1, "debug": true, "host": []}""")).Message);

    [Fact]
    public void What_is_said_twice_is_refused_with_both_values() =>
        Assert.Equal(
            "the following directives are specified both as a flag and in the configuration file: "
                + "debug: (from flag: true, from file: false), hosts: (from flag: [unix:///a], from file: [unix:///b tcp://c])",
            Assert.Throws<ConfigurationException>(() =>
                ParseFile("""{"hosts": ["unix:///b", "tcp://c"], "debug": false}""", "-D", "-H", "unix:///a")).Message);

    [Fact]
    public void Runtimes_of_flags_and_file_are_joined()
    {
        Settings file = ParseFile("""{"runtimes": {"a": {"path": "/a"}}}""", "--add-runtime", "b=/b");
        EngineOptions engine = EngineSettings.From(CommandLine.Parse(["--add-runtime", "b=/b"]).With(file));

        Assert.Equal(["a", "b"], engine.Runtimes.Keys.Order());
    }

    [Theory]
    [InlineData("{\"debug\": \"yes\"}")]
    [InlineData("{\"labels\": \"a=b\"}")]
    [InlineData("{\"mtu\": [1]}")]
    [InlineData("[]")]
    public void A_value_of_the_wrong_type_is_refused(string json) => Assert.Throws<ConfigurationException>(() => ParseFile(json));

    [Fact]
    public void An_empty_file_says_nothing() => Assert.Empty(ParseFile(" \n").Names);

    [Fact]
    public void A_file_that_was_named_must_exist_and_be_json()
    {
        using var directory = new ScratchDirectory();
        string path = directory.File("daemon.json");

        string missing = Assert.Throws<ConfigurationException>(() => DaemonOptions.Parse(["--config-file", path])).Message;
        File.WriteAllText(path, "{oops");
        string broken = Assert.Throws<ConfigurationException>(() => DaemonOptions.Parse(["--config-file", path])).Message;

        Assert.Equal($"unable to configure the daemon with file {path}: open {path}: no such file or directory", missing);
        Assert.StartsWith($"unable to configure the daemon with file {path}: ", broken, StringComparison.Ordinal);
    }

    [Fact]
    public void Verified_clients_mean_tls_and_its_port()
    {
        DaemonOptions options = Parse("--tlsverify", "--tlscacert=/ca", "--tlscert=/c", "--tlskey=/k", "-H", "tcp://0.0.0.0");

        Assert.Equal("0.0.0.0:2376", options.Hosts[0].ToString());
        Assert.Equal(new TlsOptions { CertificatePath = "/c", KeyPath = "/k", ClientAuthorityPath = "/ca" }, options.Tls);
        Assert.Null(Parse("--tls", "--tlscacert=/ca").Tls?.ClientAuthorityPath);
        Assert.Equal("localhost:2375", Parse("-H", "tcp://").Hosts[0].ToString());
    }

    [Fact]
    public void Help_lists_every_flag()
    {
        string usage = DaemonFlag.Usage();
        Assert.All(DaemonFlag.All, flag => Assert.Contains($"--{flag.Name}", usage, StringComparison.Ordinal));
        Assert.True(Parse("--help").ShowHelp);
        Assert.True(Parse("-v").ShowVersion);
    }

    private static DaemonOptions Parse(params string[] arguments) => DaemonOptions.Parse(arguments);

    private static Settings ParseFile(string json, params string[] flags) =>
        ConfigurationFile.Parse(Encoding.UTF8.GetBytes(json), CommandLine.Parse(flags));
}
