using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Cli;
using Berth.Cli.Containers;

namespace Berth.Client.Tests.Containers;

/// <summary>The body of a create request is what the docker client sends for the same words.</summary>
public sealed class ContainerFlagsTests
{
    public static TheoryData<string> Vectors =>
    [
        "busybox",
        "busybox echo -n --flag",
        "-it busybox sh",
        "-i busybox",
        "-a stdout busybox",
        "-a stdin -a STDERR busybox",
        "-e A=1 -e B= --env C=x=y busybox",
        "-e BERTH_SURELY_NOT_SET busybox",
        "--entrypoint /bin/x busybox a b",
        "--entrypoint= busybox a",
        "-h host --domainname example.org -u 1000:1000 -w /work busybox",
        "--stop-signal SIGINT --stop-timeout 7 busybox",
        "--stop-timeout 0 busybox",
        "-l a=b -l c --label d= busybox",
        "-p 80 busybox",
        "-p 8080:80 busybox",
        "-p 127.0.0.1:8080:80/udp busybox",
        "-p 8080-8082:80-82 busybox",
        "-p 8000-8010:80 busybox",
        "-p [::1]:53:53/UDP busybox",
        "-p 127.0.0.1::80 busybox",
        "-p 80:80 -p 81:80 -p 80:80/sctp busybox",
        "-p published=8080,target=80,protocol=udp busybox",
        "-P --expose 90 --expose 100-102/udp busybox",
        "-v /data busybox",
        "-v name:/data busybox",
        "-v /host:/data:ro,z busybox",
        "-v name:/data:nocopy -v /anonymous busybox",
        "--tmpfs /run --tmpfs /tmp:size=1m,mode=1777 busybox",
        "--mount type=volume,dst=/x busybox",
        "--mount type=volume,source=v,target=/x,volume-nocopy,volume-label=a=b,volume-driver=local,volume-opt=type=nfs,volume-opt=o=addr busybox",
        "--mount type=volume,source=v,target=/x,volume-subpath=sub busybox",
        "--mount type=bind,src=/a,dst=/b,readonly,bind-propagation=rprivate,bind-recursive=readonly busybox",
        "--mount type=bind,src=/a,dst=/b,ro=true,bind-recursive=disabled busybox",
        "--mount type=tmpfs,destination=/t,tmpfs-size=64m,tmpfs-mode=1777 busybox",
        "--mount type=image,source=img,target=/i,image-subpath=sub busybox",
        "--mount src=v,dst=/x,consistency=cached busybox",
        "--volumes-from a --volumes-from b:ro --volume-driver x busybox",
        "--network foo busybox",
        "--network host busybox",
        "--network none busybox",
        "--network bridge busybox",
        "--net container:abc busybox",
        "--network foo --network-alias a --network-alias b --ip 10.0.0.2 --ip6 fd00::2 --link-local-ip 169.254.1.1 busybox",
        "--network name=foo,alias=a,alias=b,ip=10.0.0.2,ip6=fd00::2,mac-address=92:d0:c6:0a:29:33,gw-priority=10,driver-opt=a.b=c,link-local-ip=169.254.1.1 busybox",
        "--network foo --network name=bar,alias=z busybox",
        "--network foo --link db:alias busybox",
        "--link db:alias --link other busybox",
        "--mac-address 92:d0:c6:0a:29:33 busybox",
        "--dns 1.1.1.1 --dns 2001:db8:0::1 --dns-search example.org --dns-search . --dns-option ndots:2 --dns-opt rotate busybox",
        "--add-host a:1.2.3.4 --add-host b=::1 --add-host c:[::1] --add-host d:host-gateway busybox",
        "--cap-add net_admin --cap-add CAP_CHOWN --cap-add chown --cap-drop all --cap-drop b --group-add audio --privileged busybox",
        "--security-opt no-new-privileges --security-opt label=disable --security-opt apparmor:x busybox",
        "--security-opt seccomp=unconfined --security-opt systempaths=unconfined busybox",
        "--pid host --ipc private --uts host --userns host --cgroupns private busybox",
        "--pid container:abc --ipc container:abc busybox",
        "--sysctl net.ipv4.ip_forward=1 --sysctl kernel.shmmax=1 busybox",
        "--read-only --init --rm --runtime crun busybox",
        "--init=false busybox",
        "--restart on-failure:3 busybox",
        "--restart always busybox",
        "--restart unless-stopped busybox",
        "-m 64m --memory-reservation 32MB --memory-swap -1 --memory-swappiness 10 --shm-size 1.5g busybox",
        "--cpus 1.5 -c 512 --cpu-period 100000 --cpu-quota 50000 --cpuset-cpus 0-1 --cpuset-mems 0 busybox",
        "--cpus 3/2 busybox",
        "--cpu-rt-period 1000 --cpu-rt-runtime 500 --pids-limit -1 busybox",
        "--blkio-weight 500 --blkio-weight-device /dev/sda:100 --device-read-bps /dev/sda:1mb --device-write-iops /dev/sda:100 busybox",
        "--isolation default --cgroup-parent /x --oom-kill-disable --oom-score-adj -500 busybox",
        "--ulimit nofile=1024:2048 --ulimit nproc=5 --ulimit core=-1 busybox",
        "--device /dev/fuse --device /dev/sda:/dev/xvda:rw --device /dev/sdb:r --device-cgroup-rule 'c 1:3 rwm' busybox",
        "--device vendor.com/class=dev0 --device /dev/fuse busybox",
        "--gpus all busybox",
        "--gpus 2 busybox",
        "--gpus '\"device=0,1\",capabilities=utility,driver=nvidia,\"options=a=b,c=d\"' busybox",
        "--health-cmd 'curl -f http://x' --health-interval 1m30s --health-timeout 500ms --health-retries 3 --health-start-period 5s --health-start-interval 1s busybox",
        "--no-healthcheck busybox",
        "--log-driver json-file --log-opt max-size=10m --log-opt max-file=3 busybox",
        "--log-driver none busybox",
        "--storage-opt size=10G busybox",
        "--annotation a=b --annotation c busybox",
        "--env-file TESTDATA/variables.env -e LAST=1 busybox",
        "--label-file TESTDATA/labels.env -l last=1 busybox",
        "--security-opt seccomp=TESTDATA/seccomp.json busybox",
    ];

    [Theory]
    [MemberData(nameof(Vectors))]
    public async Task The_body_is_that_of_docker(string vector)
    {
        string[] words = Words(vector);
        await using var daemon = new FakeDaemon();
        await CommandLine.DockerAsync(daemon.Address, ["create", .. words]);
        JsonNode theirs = JsonNode.Parse(daemon.Single("POST", "/containers/create").Body)!; // a body is there
        JsonNode ours = JsonNode.Parse(JsonSerializer.Serialize(Request(words), ApiJson.Default.ContainerCreateRequest))!;
        Assert.Equal(Normalised(theirs), Normalised(ours));
    }

    public static TheoryData<string> BadVectors =>
    [
        "-p 99999999:1 busybox",
        "-p 1.2.3:80:80 busybox",
        "-p 80:80/foo busybox",
        "-p 8000-8001:80-82 busybox",
        "-p a=b=c,d busybox",
        "--expose a:b busybox",
        "--expose 9-8 busybox",
        "-v :/x busybox",
        "-v aa:bb:cc:dd busybox",
        "--label-file TESTDATA/bad.env busybox",
        "--mount type=foo busybox",
        "--mount type=bind,dst=/x,volume-nocopy=true busybox",
        "--mount type=tmpfs,dst=/x,tmpfs-size=abc busybox",
        "--mount type=bind,src=/a,dst=/b,bind-recursive=x busybox",
        "--mount type=bind,src=/a,dst=/b,bind-recursive=writable busybox",
        "--mount type=volume,foo=bar,dst=/x busybox",
        "--mount type=volume,foo busybox",
        "--network name=foo,bar=baz busybox",
        "--network alias=foo busybox",
        "--network foo --network foo busybox",
        "--network foo --network host busybox",
        "--network host --network-alias a busybox",
        "--network name=a,ip=1.2.3.4 --ip 1.2.3.4 busybox",
        "--mac-address nonsense busybox",
        "--dns nonsense busybox",
        "--add-host nonsense busybox",
        "--add-host a:nonsense busybox",
        "--link a:b:c busybox",
        "--device relative busybox",
        "--device /dev/a:/dev/b:xyz busybox",
        "--device-cgroup-rule nonsense busybox",
        "--gpus count=x busybox",
        "--gpus driver=a,driver=b busybox",
        "--gpus foo=bar busybox",
        "--ulimit nofile busybox",
        "--ulimit foo=1 busybox",
        "--ulimit nofile=2:1 busybox",
        "--ulimit nofile=1:2:3 busybox",
        "--sysctl a=b busybox",
        "--memory 1x busybox",
        "--memory -5 busybox",
        "--memory abc busybox",
        "--memory-swappiness 101 busybox",
        "--cpus abc busybox",
        "--cpus 0.0000000001 busybox",
        "--restart :3 busybox",
        "--restart on-failure:x busybox",
        "--restart always --rm busybox",
        "--no-healthcheck --health-cmd x busybox",
        "--health-interval -1s busybox",
        "--health-interval x busybox",
        "--health-interval 5 busybox",
        "--health-interval 5q busybox",
        "--health-retries -1 busybox",
        "--pid nonsense busybox",
        "--uts nonsense busybox",
        "--userns nonsense busybox",
        "--cgroupns nonsense busybox",
        "--log-driver none --log-opt a=b busybox",
        "--storage-opt nonsense busybox",
        "--security-opt nonsense busybox",
        "--security-opt seccomp=/nonexistent busybox",
        "--blkio-weight 70000 busybox",
        "--blkio-weight-device /dev/sda busybox",
        "--blkio-weight-device /dev/sda:5 busybox",
        "--device-read-bps sda:1mb busybox",
        "--device-read-bps /dev/sda:x busybox",
        "--device-read-iops /dev/sda:1mb busybox",
        "-a nonsense busybox",
        "-e =x busybox",
        "-l =x busybox",
        "--env-file /nonexistent busybox",
        "--env-file TESTDATA/bad.env busybox",
        "--io-maxiops -1 busybox",
    ];

    [Theory]
    [MemberData(nameof(BadVectors))]
    public async Task What_docker_refuses_we_refuse_with_its_words(string vector)
    {
        string[] words = Words(vector);
        await using var daemon = new FakeDaemon();
        Outcome theirs = await CommandLine.DockerAsync(daemon.Address, ["create", .. words]);
        Assert.NotEqual(0, theirs.ExitCode);
        Exception ours = Assert.ThrowsAny<Exception>(() => Request(words));
        string expected = theirs.Error.Split("\n\n")[0].Trim();
        Assert.Equal(expected.StartsWith("docker: ", StringComparison.Ordinal) ? expected["docker: ".Length..] : expected, ours.Message);
    }

    [Fact]
    public void Words_behind_the_image_belong_to_the_container()
    {
        ContainerCreateRequest request = Request(["-e", "A=1", "image", "-e", "B=2", "--rm"]);
        Assert.Equal(["A=1"], request.Env);
        Assert.Equal(["-e", "B=2", "--rm"], request.Cmd);
        Assert.False(request.HostConfig!.AutoRemove);
    }

    [Fact]
    public void A_relative_source_of_a_bind_is_made_absolute() =>
        Assert.Equal([Path.Combine(Directory.GetCurrentDirectory(), "here") + ":/there:ro"], Request(["-v", "./here:/there:ro", "image"]).HostConfig!.Binds);

    private static ContainerCreateRequest Request(string[] words)
    {
        var flags = new FlagSet();
        var container = new ContainerFlags(flags);
        return container.ToRequest(flags.Parse(words));
    }

    // Blanks separate, single quotes hold together.
    private static string[] Words(string vector) => System.Text.RegularExpressions.Regex.Matches(vector, @"'([^']*)'|(\S+)")
        .Select(match => match.Groups[1].Success ? match.Groups[1].Value : match.Value)
        .Select(word => word.Replace("TESTDATA", Path.Combine(AppContext.BaseDirectory, "testdata"))).ToArray();

    // What Go's zero values and ours leave out or write is the same to a daemon; order counts only in lists that have one.
    private static string Normalised(JsonNode? node) => Reduced(node, "")?.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) ?? "null";

    private static JsonNode? Reduced(JsonNode? node, string name)
    {
        switch (node)
        {
            case JsonObject members:
                var reduced = new JsonObject();
                foreach ((string key, JsonNode? value) in members.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    if (Reduced(value, key) is { } kept && !(key == "DriverConfig" && kept is JsonObject { Count: 0 }))
                    {
                        reduced[key] = kept;
                    }
                }

                return reduced;
            case JsonArray items:
                IEnumerable<JsonNode?> elements = items.Select(item => Reduced(item, "") ?? item?.DeepClone());
                return new JsonArray([.. name is "Binds" or "Env" ? elements.OrderBy(item => item?.ToJsonString(), StringComparer.Ordinal) : elements]);
            case JsonValue value when value.GetValueKind() is JsonValueKind.False
                || (value.GetValueKind() == JsonValueKind.Number && value.ToJsonString() == "0")
                || (value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0):
                return null;
            default:
                return node?.DeepClone();
        }
    }
}
