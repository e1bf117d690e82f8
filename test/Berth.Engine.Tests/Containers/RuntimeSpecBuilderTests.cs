using System.Text.Json;
using System.Text.Json.Nodes;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Linux.Cgroups;
using Berth.Oci.RuntimeSpec;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public sealed class RuntimeSpecBuilderTests
{
    private static readonly string CaseDirectory =
        Path.Combine(Machine.ProjectRoot, "test", "Berth.Engine.Tests", "testdata", "runtime-spec");

    private static readonly EngineOptions Options = new() { DataRoot = "/var/lib/berth", ExecRoot = "/run/berth" };

    private static readonly HostFacts Host = new()
    {
        CgroupV2 = true,
        Processors = 4,
        Kernel = new Version(6, 1),
        Cgroups = CgroupFeatures.All,
        ThermalPaths = ["/sys/devices/system/cpu/cpu0/thermal_throttle"],
    };

    public static TheoryData<string> Cases => [.. Directory.EnumerateDirectories(CaseDirectory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    /// <summary>A case is a create request and the <c>config.json</c> it comes to. BERTH_UPDATE_GOLDEN=1 rewrites the latter: the diff is the review.</summary>
    /// <remarks>Seccomp rules are left out where the case is not about them; they have tests of their own.</remarks>
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_request_comes_to_its_config(string name)
    {
        string directory = Path.Combine(CaseDirectory, name);
        ContainerCreateRequest request = JsonSerializer.Deserialize(File.ReadAllText(Path.Combine(directory, "request.json")), ApiJson.Default.ContainerCreateRequest)!;
        HostFacts host = name.Contains("cgroup-v1", StringComparison.Ordinal) ? Host with { CgroupV2 = false } : Host;

        RuntimeSpecDocument document = Compose(request, host);

        JsonNode json = JsonSerializer.SerializeToNode(document, RuntimeSpecJson.Plain.RuntimeSpecDocument)!;
        if (!name.Contains("seccomp", StringComparison.Ordinal) && document.Linux.Seccomp is not null)
        {
            json["linux"]!["seccomp"] = "…";
        }

        string actual = json.ToJsonString(new JsonSerializerOptions { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }) + "\n";
        string golden = Path.Combine(directory, "config.json");
        if (Environment.GetEnvironmentVariable("BERTH_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(golden, actual);
        }

        Assert.Equal(File.ReadAllText(golden), actual);
    }

    [Fact]
    public void Inheritable_and_ambient_capabilities_are_never_set()
    {
        string json = JsonSerializer.Serialize(
            Compose(Request(new HostConfig { Privileged = true }), Host).Process, RuntimeSpecJson.Plain.RuntimeProcess);

        Assert.Contains("\"bounding\"", json, StringComparison.Ordinal);
        Assert.DoesNotContain("inheritable", json, StringComparison.Ordinal);
        Assert.DoesNotContain("ambient", json, StringComparison.Ordinal);
    }

    [Fact]
    public void A_user_that_is_not_root_has_a_bounding_set_alone()
    {
        ContainerSpec spec = SpecOf(Request(new HostConfig()), Host);
        RuntimeSpecDocument document = Builder(Host).Compose(spec, InputsOf(spec) with { User = new RuntimeUser { Uid = 1000, Gid = 1000 } });

        Assert.NotEmpty(document.Process.Capabilities!.Bounding);
        Assert.Null(document.Process.Capabilities.Effective);
        Assert.Null(document.Process.Capabilities.Permitted);
    }

    [Fact]
    public void Privileged_takes_no_more_than_the_daemon_has()
    {
        HostFacts host = Host with { Capabilities = ["CAP_CHOWN", "CAP_SYS_ADMIN"] };

        RuntimeSpecDocument document = Compose(Request(new HostConfig { Privileged = true }), host);

        Assert.Equal(["CAP_CHOWN", "CAP_SYS_ADMIN"], document.Process.Capabilities!.Bounding);
        Assert.Null(document.Linux.Seccomp);
        Assert.Null(document.Linux.MaskedPaths);
    }

    [Fact]
    public void The_daemon_s_environment_does_not_leak_through_a_name_without_value()
    {
        Environment.SetEnvironmentVariable("BERTH_TEST_SECRET", "secret");
        var request = Request(new HostConfig()) with { Env = ["BERTH_TEST_SECRET", "A=1"] };

        IReadOnlyList<string> environment = Compose(request, Host).Process.Env;

        Assert.Contains("A=1", environment);
        Assert.DoesNotContain(environment, variable => variable.StartsWith("BERTH_TEST_SECRET", StringComparison.Ordinal));
    }

    [Fact]
    public void A_cgroup_parent_does_not_lead_out_of_the_hierarchy()
    {
        RuntimeSpecDocument document = Compose(Request(new HostConfig { CgroupParent = "../../etc" }), Host);

        Assert.Equal("/etc/" + new string('a', 64), document.Linux.CgroupsPath);
    }

    [Fact]
    public void An_exec_keeps_the_container_s_confinement_and_takes_its_own_words()
    {
        ContainerSpec spec = SpecOf(Request(new HostConfig { CapDrop = ["ALL"], SecurityOpt = ["no-new-privileges"] }) with
        {
            Env = ["A=1", "B=2"],
            WorkingDir = "/srv",
        }, Host);

        RuntimeProcess process = Builder(Host).ComposeExec(spec, new RuntimeUser(), new ExecCreateRequest
        {
            Cmd = ["sh", "-c", "id"],
            Env = ["B=3", "A"],
            Tty = true,
        });

        Assert.Equal(["sh", "-c", "id"], process.Args);
        Assert.Equal("/srv", process.Cwd);
        Assert.Empty(process.Capabilities!.Bounding);
        Assert.True(process.NoNewPrivileges);
        Assert.Contains("TERM=xterm", process.Env);
        Assert.Contains("B=3", process.Env);
        Assert.DoesNotContain("A=1", process.Env);
    }

    [Fact]
    public void A_privileged_exec_has_every_capability()
    {
        ContainerSpec spec = SpecOf(Request(new HostConfig { CapDrop = ["ALL"] }), Host);

        RuntimeProcess process = Builder(Host).ComposeExec(spec, new RuntimeUser { Uid = 1000 }, new ExecCreateRequest { Cmd = ["id"], Privileged = true });

        Assert.Contains("CAP_SYS_ADMIN", process.Capabilities!.Effective!);
    }

    internal static ContainerCreateRequest Request(HostConfig hostConfig) => new() { Image = "test", Cmd = ["true"], HostConfig = hostConfig };

    private static RuntimeSpecDocument Compose(ContainerCreateRequest request, HostFacts host)
    {
        ContainerSpec spec = SpecOf(request, host);
        return Builder(host).Compose(spec, InputsOf(spec));
    }

    private static RuntimeSpecBuilder Builder(HostFacts host) => new(Options, new EnginePaths(Options), host);

    private static ContainerSpec SpecOf(ContainerCreateRequest request, HostFacts host)
    {
        (HostConfig hostConfig, _) = new HostConfigValidation(Options, host).Normalize(request.HostConfig ?? new HostConfig());
        IReadOnlyList<string> command = [.. request.Entrypoint ?? [], .. request.Cmd ?? []];
        string id = new('a', 64);
        return new ContainerSpec
        {
            Id = id,
            Runtime = "crun",
            Name = "test",
            Created = DateTimeOffset.UnixEpoch,
            Path = command[0],
            Arguments = [.. command.Skip(1)],
            Config = request with { Hostname = request.Hostname.Length > 0 ? request.Hostname : id[..12] },
            HostConfig = hostConfig,
            Mounts =
            [
                .. (hostConfig.Binds ?? []).Select(MountParser.ParseBind).Select(mount => mount.VolumeName is { } volume
                    ? mount with { Source = new EnginePaths(Options).VolumeData(volume) }
                    : mount),
                .. (hostConfig.Mounts ?? []).Select(MountParser.Parse),
                .. (hostConfig.Tmpfs ?? new Dictionary<string, string>()).Select(pair =>
                    new ContainerMount { Type = "tmpfs", Destination = pair.Key, TmpfsOptions = TmpfsOptions.Merge(pair.Value) }),
            ],
        };
    }

    /// <summary>What a host would say: no passwd file to ask, no devices to look at.</summary>
    private static RuntimeSpecInputs InputsOf(ContainerSpec spec)
    {
        var paths = new EnginePaths(Options);
        HostConfig hostConfig = spec.HostConfig;
        return new RuntimeSpecInputs
        {
            RootFsPath = "/run/berth/containers/aaaa/rootfs",
            User = new RuntimeUser { AdditionalGids = [0] },
            Hostname = spec.Config.Hostname,
            NetworkNamespace = hostConfig.NetworkMode is "host" ? null : "/run/berth/netns/aaaa",
            SharedMemory = hostConfig.IpcMode is "host" ? "/dev/shm" : hostConfig.IpcMode is "shareable" ? paths.Shm(spec.Id) : null,
            IpcNamespace = hostConfig.IpcMode.StartsWith("container:", StringComparison.Ordinal) ? "/proc/42/ns/ipc" : null,
            PidNamespace = hostConfig.PidMode.StartsWith("container:", StringComparison.Ordinal) ? "/proc/42/ns/pid" : null,
            NetworkFiles = [("/etc/hosts", paths.HostsFile(spec.Id)), ("/etc/hostname", paths.HostnameFile(spec.Id)), ("/etc/resolv.conf", paths.ResolvConfFile(spec.Id))],
            DeviceRules = ContainerDevices.Resolve(hostConfig with { Privileged = false }).Rules,
            InitPath = hostConfig.Init is true ? "/usr/bin/docker-init" : null,
        };
    }
}
