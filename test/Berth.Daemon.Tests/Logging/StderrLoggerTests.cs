using Berth.Daemon.Logging;
using Microsoft.Extensions.Logging;

namespace Berth.Daemon.Tests.Logging;

public sealed class StderrLoggerTests
{
    [Fact]
    public void A_line_has_dockerds_words() => Assert.Equal(
        "time=\"2024-05-06T07:08:09.000000000Z\" level=warning msg=\"a \\\"b\\\"\" error=\"c\\nd\"\n",
        Written(LogFormat.Text, "a \"b\"", new IOException("c\nd")));

    [Fact]
    public void A_line_can_be_an_object_of_JSON()
    {
        Assert.Equal(
            """{"error":"c\nd","level":"warning","msg":"a \u0022b\u0022","time":"2024-05-06T07:08:09.000000000Z"}""" + "\n",
            Written(LogFormat.Json, "a \"b\"", new IOException("c\nd")));
        Assert.Equal("""{"level":"warning","msg":"a","time":"2024-05-06T07:08:09.000000000Z"}""" + "\n", Written(LogFormat.Json, "a", null));
    }

    private static string Written(LogFormat format, string message, Exception? exception)
    {
        using var output = new StringWriter();
        using var provider = new StderrLoggerProvider(new LogThreshold(), format, new Stopped(), output);
        provider.CreateLogger("Berth").Log(LogLevel.Warning, default, message, exception, (text, _) => text);
        return output.ToString();
    }

    private sealed class Stopped : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);
    }
}
