using Berth.Api.Containers;
using Berth.Cli;

namespace Berth.Client.Tests.Cli;

/// <summary>Whole commands beside docker's, over a daemon that answers both the same.</summary>
public sealed class ListFormatTests
{
    private static readonly Dictionary<string, string> s_answers = new()
    {
        ["/containers/json"] = """
            [{"Id":"0123456789abcdef0123456789abcdef","Names":["/web","/other/web"],"Image":"nginx:1@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "ImageID":"sha256:bbbb","Command":"nginx -g 'daemon off;' and more","Created":1700000000,
            "Ports":[{"IP":"0.0.0.0","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},{"IP":"::","PrivatePort":80,"PublicPort":8080,"Type":"tcp"},
            {"IP":"0.0.0.0","PrivatePort":91,"PublicPort":91,"Type":"tcp"},{"IP":"0.0.0.0","PrivatePort":90,"PublicPort":90,"Type":"tcp"},{"PrivatePort":443,"Type":"tcp"},{"PrivatePort":445,"Type":"tcp"}],
            "Labels":{"b":"2","a":"<1>"},"State":"running","Status":"Up 2 hours (healthy)","SizeRw":12345,"SizeRootFs":1234567890,"HostConfig":{"NetworkMode":"bridge"},
            "NetworkSettings":{"Networks":{"bridge":{}}},"Mounts":[{"Type":"volume","Name":"0123456789abcdef0123456789","Driver":"local","Destination":"/d"},{"Type":"bind","Source":"/s","Destination":"/e"}]},
            {"Id":"ff","Names":["/a-much-longer-name"],"Image":"sha256:bbbbbbbbbbbbbbbbbbbbbb","ImageID":"sha256:bbbbbbbbbbbbbbbbbbbbbb","Command":"sh","Created":1600000000,"Ports":[],"Labels":null,"State":"exited","Status":"Exited (0) 3 days ago"}]
            """,
        ["/images/json"] = """
            [{"Id":"sha256:0123456789abcdef0123456789abcdef","ParentId":"","RepoTags":["busybox:latest","busybox:1"],"RepoDigests":["busybox@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"Created":1700000000,"Size":4261502,"SharedSize":-1,"Labels":null,"Containers":-1},
            {"Id":"sha256:1123456789abcdef0123456789abcdef","ParentId":"","RepoTags":[],"RepoDigests":["localhost:5000/x/y@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"Created":1600000000,"Size":0,"SharedSize":-1,"Containers":-1},
            {"Id":"sha256:2123456789abcdef0123456789abcdef","ParentId":"","RepoTags":null,"RepoDigests":null,"Created":1500000000,"Size":999999,"SharedSize":-1,"Containers":-1}]
            """,
        ["/images/x/history"] = """
            [{"Id":"sha256:0123456789abcdef0123456789abcdef","Created":1700000000,"CreatedBy":"/bin/sh -c #(nop)  CMD [\"sh\"]\tand something that is far too long for it","Tags":["x:latest"],"Size":0,"Comment":"made"},
            {"Id":"<missing>","Created":0,"CreatedBy":"ADD","Tags":null,"Size":1234567,"Comment":""}]
            """,
        ["/networks"] = """
            [{"Name":"net10","Id":"0123456789abcdef0123456789abcdef","Created":"2024-05-30T12:07:14.123456789Z","Scope":"local","Driver":"bridge","EnableIPv4":true,"EnableIPv6":false,"Internal":false,"Labels":{"b":"2"}},
            {"Name":"net2","Id":"1123","Created":"2024-05-30T12:07:14Z","Scope":"local","Driver":"host","EnableIPv6":true,"Internal":true,"Labels":{}}]
            """,
        ["/volumes"] = """
            {"Volumes":[{"Name":"v10","Driver":"local","Mountpoint":"/m/v10","Labels":{"a":"1"},"Scope":"local","Options":null},{"Name":"v9","Driver":"local","Mountpoint":"/m/v9","Labels":null,"Scope":"local"}],"Warnings":null}
            """,
        ["/containers/c/json"] = """
            {"Id":"c","State":{"Running":true},"Config":{},"HostConfig":{},"NetworkSettings":{"Ports":{"80/tcp":[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}],"443/tcp":[{"HostIp":"127.0.0.1","HostPort":"443"}],"53/udp":null}},
            "Empty":{},"None":[],"Text":"a \"quoted\" \u00e9 <b> \\ c","Number":1.50}
            """,
        ["/containers/c/top"] = """{"Titles":["UID","PID","CMD"],"Processes":[["root","1","sh -c x"],["someone-with-a-long-name","22","y"]]}""",
        ["/info"] = """
            {"ID":"x","Containers":3,"ContainersRunning":1,"ContainersPaused":0,"ContainersStopped":2,"Images":7,"Driver":"overlay2","DriverStatus":[["Backing Filesystem","extfs"],["Supports d_type","true"]],
            "Plugins":{"Volume":["local"],"Network":["bridge","host","null"],"Authorization":null,"Log":["json-file","none"]},"MemoryLimit":true,"SwapLimit":true,"CpuCfsPeriod":true,"CpuCfsQuota":true,"CPUShares":true,"CPUSet":true,"PidsLimit":true,
            "OomKillDisable":true,"IPv4Forwarding":true,"Debug":false,"NFd":1,"NGoroutines":1,"LoggingDriver":"json-file","CgroupDriver":"cgroupfs","CgroupVersion":"1","KernelVersion":"6.18","OperatingSystem":"Debian","OSType":"linux","Architecture":"x86_64",
            "NCPU":2,"MemTotal":8163991552,"IndexServerAddress":"https://index.docker.io/v1/","RegistryConfig":{"InsecureRegistryCIDRs":["::1/128","127.0.0.0/8"],"IndexConfigs":{"docker.io":{"Name":"docker.io","Mirrors":[],"Secure":true,"Official":true}},"Mirrors":["http://m/"]},
            "HttpProxy":"http://p","Name":"host","Labels":["a=b"],"ExperimentalBuild":false,"ServerVersion":"28.2.2","Runtimes":{"runc":{"path":"runc"}},"DefaultRuntime":"runc","Swarm":{"NodeID":"","NodeAddr":"","LocalNodeState":"inactive","ControlAvailable":false,"Error":"","RemoteManagers":null},
            "LiveRestoreEnabled":true,"InitBinary":"docker-init","ContainerdCommit":{"ID":"c1"},"RuncCommit":{"ID":"r1"},"InitCommit":{"ID":"i1"},"SecurityOptions":["name=seccomp,profile=builtin","name=cgroupns"],"CDISpecDirs":["/etc/cdi"],"DefaultAddressPools":[{"Base":"10.0.0.0/8","Size":24}],"DockerRootDir":"/var/lib/x","Warnings":["WARNING: one","WARNING: two"]}
            """,
    };

    public static TheoryData<string> Commands =>
    [
        "ps", "ps -a --no-trunc", "ps -s", "ps -q", "ps -q --no-trunc", "ps --format json", "ps --format raw", "ps --format raw -s",
        "ps --format {{json|.}}", "ps --format {{.Names}}:{{.Labels}}:{{.Mounts}}:{{.LocalVolumes}}:{{.Networks}}:{{.Label|\"a\"}}",
        "ps --format table|{{.ID}}\\t{{.Size}}\\t{{.State}}\\t{{.CreatedAt}}", "ps --format table|{{upper|.Names}}", "ps --format {{.Nope}}",
        "ps --format {{.Platform}}", "ps -q --format x", "ps --filter nonsense", "ps extra",
        "images", "images --digests", "images --no-trunc", "images -q", "images --format json", "images --format {{.Repository}}@{{.Digest}}", "images --format raw", "images a b",
        "history x", "history --no-trunc x", "history -H=false x", "history -q x", "history --format json x",
        "network ls", "network ls --no-trunc", "network ls -q", "network ls --format json", "network ls --format {{.Name}}|{{.CreatedAt}}|{{.IPv6}}|{{.Internal}}",
        "volume ls", "volume ls -q", "volume ls --format json", "volume ls --format {{.Name}}|{{.Mountpoint}}|{{.Size}}|{{.Links}}",
        "port c", "port c 80", "port c 443/tcp", "port c 53/udp", "port c abc", "port c 99",
        "inspect c", "inspect --type container c", "container inspect c", "inspect -f json c", "inspect nothing", "inspect c nothing", "inspect --type foo c", "inspect -f {{.Nope}} c", "inspect -f {{.Id}} c nothing",
        "container inspect nothing", "image inspect nothing", "network inspect nothing", "volume inspect nothing",
        "rm nothing", "rm -f nothing", "rm nothing nothing2", "stop nothing", "kill nothing nothing2", "start nothing nothing2", "pause nothing", "unpause nothing", "restart nothing",
        "wait nothing", "rename nothing x", "rename a|b c", "tag nothing Upper", "tag nothing x", "rmi nothing nothing2", "rmi -f nothing", "network rm nothing", "network rm -f nothing", "volume rm nothing",
        "logs nothing", "logs --since nonsense c", "exec nothing ls", "commit nothing", "top c", "top nothing",
        "foo", "foo bar", "container foo", "run", "rm", "exec c", "tag a", "port", "network create", "ps --bogus", "run --bogus", "run -Z", "run --pull foo busybox", "--bogus ps", "-H", "help bogus", "-l bogus ps",
        "run -it busybox", "run -d -a stdout busybox", "run -d --rm --restart always busybox", "run -p 99999999:1 busybox", "create -p x busybox", "run --cpu-count 2 busybox", "-c nosuch ps", "-H a -H b ps",
        "pull UPPER", "pull a:b:c", "pull -a x:y", "push -a x:y", "volume create a b", "login -p x", "login --password-stdin", "logout", "run -d busybox", "create busybox",
    ];

    [Theory]
    [MemberData(nameof(Commands))]
    public async Task Output_and_exit_code_are_those_of_docker(string command)
    {
        string[] words = command.Split(' ').Select(word => command.StartsWith("network ls --format {{.Name", StringComparison.Ordinal)
            || command.StartsWith("volume ls --format {{.Name", StringComparison.Ordinal) ? word : word.Replace('|', ' ')).ToArray();
        await using var daemon = new FakeDaemon(Answer);
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, words);
        Outcome ours = await CommandLine.BerthAsync(daemon.Address, words);
        Assert.Equal(Comparable(theirs), Comparable(ours));
    }

    [Theory]
    [InlineData("volume prune", "y\n")]
    [InlineData("volume prune -a", "Y")]
    [InlineData("volume prune", "n\n")]
    [InlineData("volume prune", "\n")]
    [InlineData("volume prune", "")]
    [InlineData("volume prune -f --filter label=a", null)]
    [InlineData("volume prune -a --filter all=1", null)]
    public async Task A_question_is_asked_before_volumes_are_lost(string command, string? input)
    {
        await using var daemon = new FakeDaemon(request => request.Path == "/volumes/prune"
            ? new CannedAnswer { Body = """{"VolumesDeleted":["a","b"],"SpaceReclaimed":1234567}""" } : null);
        Outcome theirs = await CommandLine.RunAsync(CommandLine.Docker, daemon.Address, input, command.Split(' '));
        string[] asked = daemon.Seen.Select(request => request.Target).ToArray();
        daemon.Forget();
        Outcome ours = await CommandLine.RunAsync(CommandLine.Berth, daemon.Address, input, command.Split(' '));
        Assert.Equal(theirs, ours);
        Assert.Equal(asked.Where(target => target != "/_ping"), daemon.Seen.Select(request => request.Target).Where(target => target != "/_ping"));
    }

    [Fact]
    public async Task Info_is_that_of_docker()
    {
        await using var daemon = new FakeDaemon(Answer);
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, "info");
        Outcome ours = await CommandLine.BerthAsync(daemon.Address, "info");
        Assert.Equal(theirs.Output[theirs.Output.IndexOf("Server:", StringComparison.Ordinal)..], ours.Output[ours.Output.IndexOf("Server:", StringComparison.Ordinal)..]);
        Assert.Equal(theirs.Error, ours.Error);
    }

    private static CannedAnswer? Answer(SeenRequest request) => s_answers.TryGetValue(request.Path, out string? body)
        ? new CannedAnswer { Body = body }
        : request.Path is "/_ping" or "/containers/create" || request.Path.EndsWith(new string('a', 64) + "/start", StringComparison.Ordinal) ? null
        : request.Path.EndsWith("/wait", StringComparison.Ordinal) && request.Path.Contains("aaaa", StringComparison.Ordinal) ? new CannedAnswer { Body = """{"StatusCode":0}""" }
        : new CannedAnswer { Status = 404, Body = $$"""{"message":"No such thing: {{request.Path.Split('/').Skip(2).FirstOrDefault()}}"}""" };

    // The names of the programs differ; docker's misprint "SRun" does not need to be ours.
    private static Outcome Comparable(Outcome outcome) => outcome with
    {
        Output = outcome.Output.Replace("\\u0026", "&"),
        Error = outcome.Error.Replace("SRun '", "Run '").Replace("docker", "berth").Replace("berth daemon", "docker daemon"),
    };

    [Fact]
    public void Ages_are_told_from_the_clock_that_is_given()
    {
        var clock = new FixedClock(DateTimeOffset.FromUnixTimeSeconds(1_700_000_000));
        var container = new ContainerSummary { Created = 1_700_000_000 - 7200 };
        RowFields row = Berth.Cli.Containers.ContainerRow.Of(container, truncate: true, clock);
        Assert.True(row.TryGet("RunningFor", [], out object? value));
        Assert.Equal("2 hours ago", value);
    }

    private sealed class FixedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
