using System.Text.Json;
using Berth.Daemon.Configuration;
using Berth.TestHost;

namespace Berth.Daemon.Tests.Configuration;

/// <summary>Every flag that help names can be said in the file too, and means the same there.</summary>
public sealed class FlagAndFileTests
{
    private static readonly JsonSerializerOptions WithTuples = new() { IncludeFields = true };

    /// <summary>Flag's name, its value, and its directive as the file has it.</summary>
    public static TheoryData<string, string, string> Pairs => new()
    {
        { "add-runtime", "kata=/usr/bin/kata", """{"runtimes": {"kata": {"path": "/usr/bin/kata"}}}""" },
        { "bip", "172.19.0.1/16", """{"bip": "172.19.0.1/16"}""" },
        { "bridge", "br7", """{"bridge": "br7"}""" },
        { "cgroup-parent", "/mine", """{"cgroup-parent": "/mine"}""" },
        { "data-root", "/data", """{"data-root": "/data"}""" },
        { "debug", "true", """{"debug": true}""" },
        { "default-address-pool", "base=10.9.0.0/16,size=24", """{"default-address-pools": [{"base": "10.9.0.0/16", "size": 24}]}""" },
        { "default-cgroupns-mode", "host", """{"default-cgroupns-mode": "host"}""" },
        { "default-ipc-mode", "shareable", """{"default-ipc-mode": "shareable"}""" },
        { "default-network-opt", "bridge=a.b=c=d", """{"default-network-opts": {"bridge": {"a.b": "c=d"}}}""" },
        { "default-runtime", "runc", """{"default-runtime": "runc"}""" },
        { "default-shm-size", "128m", """{"default-shm-size": "128m"}""" },
        { "default-ulimit", "nofile=64:128", """{"default-ulimits": {"nofile": {"Name": "nofile", "Soft": 64, "Hard": 128}}}""" },
        { "dns", "9.9.9.9", """{"dns": ["9.9.9.9"]}""" },
        { "dns-opt", "ndots:3", """{"dns-opts": ["ndots:3"]}""" },
        { "dns-search", "example.com", """{"dns-search": ["example.com"]}""" },
        { "exec-root", "/run/other", """{"exec-root": "/run/other"}""" },
        { "fixed-cidr", "10.7.0.0/24", """{"fixed-cidr": "10.7.0.0/24"}""" },
        { "group", "wheel", """{"group": "wheel"}""" },
        { "host-gateway-ip", "10.0.0.1", """{"host-gateway-ips": ["10.0.0.1"]}""" },
        { "http-proxy", "http://p:1", """{"proxies": {"http-proxy": "http://p:1"}}""" },
        { "https-proxy", "http://p:1", """{"proxies": {"https-proxy": "http://p:1"}}""" },
        { "host", "unix:///x.sock", """{"hosts": ["unix:///x.sock"]}""" },
        { "icc", "false", """{"icc": false}""" },
        { "init", "true", """{"init": true}""" },
        { "init-path", "/sbin/tini", """{"init-path": "/sbin/tini"}""" },
        { "insecure-registry", "10.0.0.0/8", """{"insecure-registries": ["10.0.0.0/8"]}""" },
        { "ip", "127.0.0.1", """{"ip": "127.0.0.1"}""" },
        { "ip-forward", "false", """{"ip-forward": false}""" },
        { "ip-masq", "false", """{"ip-masq": false}""" },
        { "label", "a=b", """{"labels": ["a=b"]}""" },
        { "log-driver", "local", """{"log-driver": "local"}""" },
        { "log-format", "json", """{"log-format": "json"}""" },
        { "log-level", "warn", """{"log-level": "warn"}""" },
        { "log-opt", "max-size=10m", """{"log-opts": {"max-size": "10m"}}""" },
        { "max-concurrent-downloads", "7", """{"max-concurrent-downloads": 7}""" },
        { "max-concurrent-uploads", "8", """{"max-concurrent-uploads": 8}""" },
        { "max-download-attempts", "9", """{"max-download-attempts": 9}""" },
        { "mtu", "1400", """{"mtu": 1400}""" },
        { "no-new-privileges", "true", """{"no-new-privileges": true}""" },
        { "no-proxy", "a,b", """{"proxies": {"no-proxy": "a,b"}}""" },
        { "pidfile", "/x.pid", """{"pidfile": "/x.pid"}""" },
        { "registry-mirror", "http://mirror:5000", """{"registry-mirrors": ["http://mirror:5000"]}""" },
        { "seccomp-profile", "unconfined", """{"seccomp-profile": "unconfined"}""" },
        { "shutdown-timeout", "3", """{"shutdown-timeout": 3}""" },
        { "tls", "true", """{"tls": true}""" },
        { "tlscacert", "/ca", """{"tlscacert": "/ca"}""" },
        { "tlscert", "/cert", """{"tlscert": "/cert"}""" },
        { "tlskey", "/key", """{"tlskey": "/key"}""" },
        { "tlsverify", "true", """{"tlsverify": true}""" },
    };

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Flag_and_directive_mean_the_same(string flag, string value, string file)
    {
        // The TLS files mean something with TLS only.
        string[] also = flag.StartsWith("tls", StringComparison.Ordinal) && flag is not ("tls" or "tlsverify") ? ["--tlsverify"] : [];
        string byFlag = Describe(Parse("{}", [$"--{flag}={value}", .. also]));
        Assert.Equal(byFlag, Describe(Parse(file, also)));
        Assert.NotEqual(Describe(Parse("{}", also)), byFlag);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Said_twice_they_are_in_conflict(string flag, string value, string file)
    {
        string directive = DaemonFlag.All.Single(f => f.Name == flag).Directive!;
        if (flag == "add-runtime")
        {
            return;   // these join
        }

        Assert.Contains(
            $": the following directives are specified both as a flag and in the configuration file: {directive}: (from flag: ",
            Assert.Throws<ConfigurationException>(() => Parse(file, $"--{flag}={value}")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void No_flag_is_missing_here() => Assert.Equal(
        DaemonFlag.All.Where(flag => flag.Directive is not null && flag.Refusal is null).Select(flag => flag.Name).Order(),
        Pairs.Select(pair => pair.Data.Item1).Order());

    [Theory]
    [InlineData("""{"max-concurrent-downloads": -2}""", "configuration validation from file failed: invalid max concurrent downloads: -2")]
    [InlineData("""{"dns": ["example.com"]}""", "configuration validation from file failed: example.com is not an ip address")]
    [InlineData("""{"labels": ["novalue"]}""", "configuration validation from file failed: bad attribute format: novalue")]
    [InlineData("""{"runtimes": {"x": {}}}""", "configuration validation from file failed: runtime x: a path must be configured")]
    [InlineData("""{"mtu": "1400"}""", "the directive mtu has a value of the wrong type: string")]
    [InlineData("""{"mtu": 1.5}""", "configuration validation from file failed: strconv.ParseInt: parsing \"1.5\": invalid syntax")]
    [InlineData("""{"data-root": 5}""", "the directive data-root has a value of the wrong type: number")]
    [InlineData("""{"Debug": true}""", "the following directives don't match any configuration option: Debug")]
    public void A_value_of_the_file_that_cannot_be_is_told_of_with_the_file(string file, string reason)
    {
        string message = Assert.Throws<ConfigurationException>(() => Parse(file)).Message;
        Assert.StartsWith("unable to configure the daemon with file /", message, StringComparison.Ordinal);
        Assert.EndsWith($"/daemon.json: {reason}", message, StringComparison.Ordinal);
    }

    /// <summary>The program: a sentence on standard error, and exit code 1.</summary>
    [Theory]
    [InlineData("""{"bogus": 1, "debug": true}""", "unable to configure the daemon with file {0}: the following directives don't match any configuration option: bogus\n")]
    [InlineData("""{"default-runtime": "nosuch"}""", "specified default runtime 'nosuch' does not exist\n")]
    [InlineData("""{"log-driver": "nosuch"}""", "failed to set log opts: error looking up logging plugin nosuch: plugin \"nosuch\" not found\n")]
    [InlineData("""{"log-opts": {"nosuch": "1"}}""", "failed to set log opts: unknown log opt 'nosuch' for json-file log driver\n")]
    [InlineData("""{"log-opts": {"max-size": "x"}}""", "failed to set log opts: invalid size: 'x'\n")]
    [InlineData("""{"default-ulimits": {"nosuch": {"Soft": 1, "Hard": 2}}}""", "invalid ulimit type: nosuch\n")]
    [InlineData("""{"seccomp-profile": "/no/such"}""", "opening seccomp profile (/no/such) failed: open /no/such: no such file or directory\n")]
    public async Task A_daemon_that_cannot_be_ends_with_a_sentence_and_1(string file, string error)
    {
        using var scratch = new ScratchDirectory();
        string path = scratch.File("daemon.json");
        await File.WriteAllTextAsync(path, file, TestContext.Current.CancellationToken);
        foreach (string[] more in (string[][])[["--validate"], []])
        {
            CommandResult result = await ChildProcess.RunAsync(
                Path.Combine(AppContext.BaseDirectory, "berthd"),
                ["--config-file", path, "--data-root", scratch.File("data"), "--exec-root", scratch.File("exec"), "-H", $"unix://{scratch.File("sock")}", .. more]);
            Assert.Equal((1, string.Format(System.Globalization.CultureInfo.InvariantCulture, error, path)), (result.ExitCode, result.Error));
            Assert.Equal([path], Directory.GetFileSystemEntries(scratch.Path));
        }
    }

    private static DaemonOptions Parse(string file, params string[] flags)
    {
        using var scratch = new ScratchDirectory();
        string path = scratch.File("daemon.json");
        File.WriteAllText(path, file);
        return DaemonOptions.Parse(["--config-file", path, .. flags]);
    }

    private static string Describe(DaemonOptions options) => string.Join('\n',
        JsonSerializer.Serialize(options.Engine, WithTuples),
        string.Join(' ', options.Hosts), options.PidFile, options.SocketGroup, options.Debug, options.LogLevel, options.LogFormat, options.Tls,
        string.Join(' ', options.ProxyVariables));
}
