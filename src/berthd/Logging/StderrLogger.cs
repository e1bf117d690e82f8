using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Berth.Daemon.Logging;

/// <summary>The daemon's log, a line per event on stderr, in one of dockerd's forms: <c>time="…" level=info msg="…"</c>, or an object of JSON.</summary>
internal sealed class StderrLoggerProvider(LogThreshold threshold, LogFormat format, TimeProvider time, TextWriter output) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new StderrLogger(this, categoryName.StartsWith("Microsoft", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        string now = time.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffffff00Z", CultureInfo.InvariantCulture);

        // The trace only where it is wanted: in debug mode.
        string? error = threshold.Level <= LogLevel.Debug ? exception?.ToString() : exception?.Message;
        string line = format == LogFormat.Json
            ? Json(now, level, message, error)
            : $"time=\"{now}\" level={Word(level)} msg={Quote(message)}{(error is null ? "" : $" error={Quote(error)}")}";
        lock (_lock)
        {
            output.Write(line + "\n");
            output.Flush();
        }
    }

    // logrus, JSONFormatter: members in the order of their names.
    private static string Json(string now, LogLevel level, string message, string? error)
    {
        using var text = new MemoryStream();
        using (var writer = new Utf8JsonWriter(text))
        {
            writer.WriteStartObject();
            if (error is not null)
            {
                writer.WriteString("error", error);
            }

            writer.WriteString("level", Word(level));
            writer.WriteString("msg", message);
            writer.WriteString("time", now);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(text.GetBuffer(), 0, (int)text.Length);
    }

    private static string Word(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warning",
        LogLevel.Error => "error",
        _ => "fatal",
    };

    private static string Quote(string text) =>
        $"\"{text.Replace("\\", @"\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal).Replace("\r", "\\r", StringComparison.Ordinal)}\"";

    private sealed class StderrLogger(StderrLoggerProvider provider, bool framework) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        // The framework tells what it does with every connection: only what it warns of is the operator's concern.
        public bool IsEnabled(LogLevel logLevel) =>
            logLevel != LogLevel.None && logLevel >= (framework ? LogLevel.Warning : provider.Threshold.Level);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                provider.Write(logLevel, formatter(state, exception), exception);
            }
        }
    }

    private LogThreshold Threshold => threshold;
}

internal enum LogFormat
{
    Text,
    Json,
}

/// <summary>From which level on is logged: changed while the daemon runs, by a reload of its configuration.</summary>
internal sealed class LogThreshold
{
    public LogLevel Level { get; set; } = LogLevel.Information;
}
