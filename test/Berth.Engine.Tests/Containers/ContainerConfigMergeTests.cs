using System.Text.Json;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Oci;

namespace Berth.Engine.Tests.Containers;

public class ContainerConfigMergeTests
{
    private static readonly ImageRunConfig Image = new()
    {
        User = "www",
        ExposedPorts = new Dictionary<string, JsonElement> { ["80/tcp"] = default },
        Env = ["PATH=/bin", "LANG=C"],
        Entrypoint = ["/entry", "-x"],
        Cmd = ["serve"],
        Volumes = new Dictionary<string, JsonElement> { ["/data"] = default },
        WorkingDir = "/srv",
        Labels = new Dictionary<string, string> { ["a"] = "image", ["b"] = "image" },
        StopSignal = "SIGQUIT",
        Healthcheck = new ImageHealthcheck { Test = ["CMD", "true"], Interval = 5_000_000_000, Retries = 3 },
    };

    [Fact]
    public void A_request_that_says_nothing_gets_the_images_config()
    {
        ContainerConfig config = ContainerConfigMerge.Merge(new ContainerCreateRequest { Image = "bb" }, Image);

        Assert.Equal("www", config.User);
        Assert.Equal(["80/tcp"], config.ExposedPorts!.Keys);
        Assert.Equal(["PATH=/bin", "LANG=C"], config.Env!);
        Assert.Equal(["/entry", "-x"], config.Entrypoint!);
        Assert.Equal(["serve"], config.Cmd!);
        Assert.Equal(["/data"], config.Volumes!.Keys);
        Assert.Equal("/srv", config.WorkingDir);
        Assert.Equal("SIGQUIT", config.StopSignal);
        Assert.Equal(["CMD", "true"], config.Healthcheck!.Test!);
        Assert.Equal(("/entry", "-x serve"), Command(config));
        Assert.Null(config.Shell);
        Assert.Null(config.OnBuild);
    }

    [Fact]
    public void The_request_wins_key_by_key()
    {
        ContainerConfig config = ContainerConfigMerge.Merge(new ContainerCreateRequest
        {
            Env = ["LANG=de", "X"],
            Labels = new Dictionary<string, string> { ["b"] = "mine" },
            ExposedPorts = new Dictionary<string, EmptyObject> { ["53/udp"] = new() },
            Volumes = new Dictionary<string, EmptyObject> { ["/mine"] = new() },
            Healthcheck = new HealthConfig { Retries = 9 },
            User = "1000",
            WorkingDir = "/tmp",
            StopSignal = "SIGINT",
        }, Image);

        Assert.Equal(["LANG=de", "X", "PATH=/bin"], config.Env!);
        Assert.Equal("image", config.Labels!["a"]);
        Assert.Equal("mine", config.Labels["b"]);
        Assert.Equal(["53/udp", "80/tcp"], config.ExposedPorts!.Keys);
        Assert.Equal(["/data", "/mine"], config.Volumes!.Keys);
        Assert.Equal(9, config.Healthcheck!.Retries);
        Assert.Equal(5_000_000_000, config.Healthcheck.Interval);
        Assert.Equal(["CMD", "true"], config.Healthcheck.Test!);
        Assert.Equal(("1000", "/tmp", "SIGINT"), (config.User, config.WorkingDir, config.StopSignal));
    }

    [Fact]
    public void A_variable_without_a_value_keeps_the_images_out() =>
        Assert.Equal(["PATH", "LANG=C"], ContainerConfigMerge.Merge(new ContainerCreateRequest { Env = ["PATH"] }, Image).Env!);

    [Theory]
    [InlineData(null, "run", "/entry", "-x run")]
    [InlineData("sh", null, "sh", "")]
    [InlineData("sh", "-c", "sh", "-c")]
    public void Entrypoint_and_command_combine_as_in_docker(string? entrypoint, string? command, string path, string arguments)
    {
        ContainerConfig config = ContainerConfigMerge.Merge(new ContainerCreateRequest
        {
            Entrypoint = entrypoint is null ? null : [entrypoint],
            Cmd = command is null ? null : [command],
        }, Image);

        Assert.Equal((path, arguments), Command(config));
    }

    [Fact]
    public void An_empty_entrypoint_takes_the_images_away_but_leaves_a_command_of_ones_own()
    {
        ContainerConfig config = ContainerConfigMerge.Merge(new ContainerCreateRequest { Entrypoint = [""], Cmd = ["sh"] }, Image);

        Assert.Null(config.Entrypoint);
        Assert.Equal(("sh", ""), Command(config));
    }

    [Fact]
    public void Without_any_command_there_is_no_container()
    {
        EngineException refusal = Assert.Throws<EngineException>(() => ContainerConfigMerge.Merge(new ContainerCreateRequest(), new ImageRunConfig()));

        Assert.Equal((ErrorKind.InvalidParameter, "no command specified"), (refusal.Kind, refusal.Message));
        Assert.Throws<EngineException>(() => ContainerConfigMerge.Merge(new ContainerCreateRequest { Entrypoint = [""] }, Image));
    }

    [Theory]
    [InlineData("relative", null, null, "the working directory 'relative' is invalid, it needs to be an absolute path")]
    [InlineData("", "=x", null, "invalid environment variable: =x")]
    [InlineData("", "", null, "invalid environment variable: ")]
    [InlineData("", null, "FOO", "invalid signal: FOO")]
    public void What_a_config_cannot_mean_is_refused(string workingDirectory, string? variable, string? signal, string sentence)
    {
        var config = new ContainerConfig { WorkingDir = workingDirectory, Env = variable is null ? null : [variable], StopSignal = signal };

        EngineException refusal = Assert.Throws<EngineException>(() => ContainerConfigValidation.Validate(config));

        Assert.Equal((ErrorKind.InvalidParameter, sentence), (refusal.Kind, refusal.Message));
    }

    [Fact]
    public void A_health_check_has_no_negative_retries_and_no_interval_below_a_millisecond()
    {
        Assert.Equal("Interval in Healthcheck cannot be less than 1ms", Refusal(new HealthConfig { Interval = 999_999 }));
        Assert.Equal("Timeout in Healthcheck cannot be less than 1ms", Refusal(new HealthConfig { Timeout = -1 }));
        Assert.Equal("Retries in Healthcheck cannot be negative", Refusal(new HealthConfig { Retries = -1 }));
    }

    [Theory]
    [InlineData("/a/../b/", "/b")]
    [InlineData("/", "/")]
    [InlineData("", "")]
    public void The_working_directory_is_made_canonical(string given, string kept) =>
        Assert.Equal(kept, ContainerConfigValidation.Validate(new ContainerConfig { WorkingDir = given }).WorkingDir);

    private static string Refusal(HealthConfig health) =>
        Assert.Throws<EngineException>(() => ContainerConfigValidation.Validate(new ContainerConfig { Healthcheck = health })).Message;

    private static (string, string) Command(ContainerConfig config)
    {
        (string path, IReadOnlyList<string> arguments) = ContainerConfigMerge.CommandOf(config);
        return (path, string.Join(' ', arguments));
    }
}
