using System.Globalization;
using System.Text;

namespace Berth.Daemon.Logging;

/// <summary>The daemon's log, a line per event on stderr, in dockerd's form: <c>time="…" level=info msg="…"</c>.</summary>
internal sealed class StderrLoggerProvider(LogThreshold threshold, TimeProvider time, TextWriter output) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new StderrLogger(this, categoryName.StartsWith("Microsoft", StringComparison.Ordinal));

    public void Dispose()
    {
    }

    private void Write(LogLevel level, string message, Exception? exception)
    {
        var line = new StringBuilder(128);
        line.Append(CultureInfo.InvariantCulture, $"time=\"{time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffffff}00Z\" level={Word(level)} msg={Quote(message)}");
        if (exception is not null)
        {
            // The trace only where it is wanted: in debug mode.
            line.Append(" error=").Append(Quote(threshold.Level <= LogLevel.Debug ? exception.ToString() : exception.Message));
        }

        line.Append('\n');
        lock (_lock)
        {
            output.Write(line);
            output.Flush();
        }
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

/// <summary>From which level on is logged: changed while the daemon runs, by a reload of its configuration.</summary>
internal sealed class LogThreshold
{
    public LogLevel Level { get; set; } = LogLevel.Information;
}
