using Berth.Api.Containers;
using Berth.Engine.Containers;
using Berth.Runtime;

namespace Berth.Engine.Tests.Containers;

public sealed class LogOptionsTests
{
    [Theory]
    [InlineData("json-file", "max-size", "ten", "invalid size: 'ten'")]
    [InlineData("json-file", "max-file", "0", "max-file cannot be less than 1")]
    [InlineData("json-file", "colour", "red", "unknown log opt 'colour' for json-file log driver")]
    [InlineData("local", "labels", "a", "unknown log opt 'labels' for log driver local")]
    [InlineData("json-file", "mode", "lossy", "logger: logging mode not supported: lossy")]
    [InlineData("json-file", "max-buffer-size", "1m", "logger: max-buffer-size option is only supported with 'mode=non-blocking'")]
    [InlineData("json-file", "compress", "true", "compress cannot be true when max-file is less than 2 or max-size is not set")]
    public void Options_that_make_no_sense_are_refused(string driver, string option, string value, string sentence)
    {
        var config = new HostConfigLogConfig { Type = driver, Config = new Dictionary<string, string> { [option] = value } };

        Assert.Equal(sentence, Assert.Throws<EngineException>(() => LogOptions.Validate(config, new EngineOptions())).Message);
    }

    [Fact]
    public void The_daemon_s_options_complete_those_of_its_own_driver_only()
    {
        var options = new EngineOptions { LogOptions = new Dictionary<string, string> { ["max-size"] = "1m", ["max-file"] = "3" } };

        HostConfigLogConfig own = LogOptions.Validate(new HostConfigLogConfig { Config = new Dictionary<string, string> { ["max-file"] = "2" } }, options);
        HostConfigLogConfig other = LogOptions.Validate(new HostConfigLogConfig { Type = "local" }, options);

        Assert.Equal("json-file", own.Type);
        Assert.Equal("1m", own.Config!["max-size"]);
        Assert.Equal("2", own.Config["max-file"]);
        Assert.Empty(other.Config!);
    }

    [Fact]
    public void No_log_is_kept_with_driver_none_and_a_bounded_one_with_local()
    {
        var paths = new EnginePaths(new EngineOptions { DataRoot = "/data" });

        Assert.Null(Target("none").Path);
        Assert.Equal(20 << 20, Target("local").MaxSizeBytes);
        Assert.Equal(5, Target("local").MaxFiles);
        Assert.Equal(-1, Target("json-file").MaxSizeBytes);

        LogTarget Target(string driver) => LogOptions.TargetOf(Spec(new HostConfigLogConfig { Type = driver }), paths);
    }

    [Theory]
    [InlineData("10", 10)]
    [InlineData("10k", 10240)]
    [InlineData("1.5m", 1572864)]
    [InlineData("1 GiB", 1073741824)]
    [InlineData("2KB", 2048)]
    [InlineData("7b", 7)]
    public void Sizes_count_in_powers_of_1024(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out long parsed));
        Assert.Equal(bytes, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-1")]
    [InlineData("1x")]
    [InlineData("1bb")]
    [InlineData("99999999999999p")]
    public void What_is_no_size_is_none(string text) => Assert.False(ByteSize.TryParse(text, out _));

    private static ContainerSpec Spec(HostConfigLogConfig log) => new()
    {
        Id = "id",
        Name = "name",
        Created = DateTimeOffset.UnixEpoch,
        Path = "true",
        Config = new ContainerConfig(),
        HostConfig = new HostConfig { LogConfig = log },
    };
}
