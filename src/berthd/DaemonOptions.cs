using Berth.Daemon.Configuration;
using Berth.Daemon.Logging;
using Berth.Engine;

namespace Berth.Daemon;

/// <summary>All that the operator decided: flags and <c>daemon.json</c>, joined and checked.</summary>
internal sealed record DaemonOptions
{
    public required EngineOptions Engine { get; init; }

    /// <summary>Empty where none was named: then it is <see cref="ListenAddress.DefaultSocket"/>, if that is free.</summary>
    public IReadOnlyList<ListenAddress> Hosts { get; init; } = [];

    public required string PidFile { get; init; }
    public string? SocketGroup { get; init; }
    public bool Debug { get; init; }
    public LogLevel LogLevel { get; init; } = LogLevel.Information;
    public LogFormat LogFormat { get; init; }

    /// <summary>Of the environment, for the daemon's own requests and the processes that it starts.</summary>
    public IReadOnlyList<(string Name, string Value)> ProxyVariables { get; init; } = [];

    public TlsOptions? Tls { get; init; }

    /// <summary>What must be done instead of serving: print help or the version, or stop after the check.</summary>
    public bool ShowHelp { get; init; }
    public bool ShowVersion { get; init; }
    public bool ValidateOnly { get; init; }

    /// <exception cref="ConfigurationException">The daemon cannot be started so.</exception>
    public static DaemonOptions Parse(IReadOnlyList<string> arguments)
    {
        Settings flags = CommandLine.Parse(arguments);
        bool aside = flags.Switch("help", false) || flags.Switch("version", false);
        return aside ? Build(flags) : Build(flags.With(ReadFile(flags)));
    }

    /// <summary>The file's settings, each a value that can be: what cannot is told of with the file's name.</summary>
    private static Settings ReadFile(Settings flags)
    {
        Settings file = ConfigurationFile.Read(flags);
        try
        {
            Build(file);
        }
        catch (ConfigurationException e)
        {
            throw ConfigurationFile.Failed(
                flags.Text("config-file") ?? ConfigurationFile.DefaultPath, $"configuration validation from file failed: {e.Reason ?? e.Message}");
        }

        return file;
    }

    private static DaemonOptions Build(Settings settings)
    {
        TlsOptions? tls = TlsOptions.From(settings);
        EngineOptions engine = EngineSettings.From(settings);
        bool debug = settings.Switch("debug", false);
        return new DaemonOptions
        {
            Engine = engine,
            Hosts = [.. settings.List("host").Select(host => ListenAddress.Parse(host, tls is not null)).Distinct()],
            PidFile = settings.Text("pidfile") is { Length: > 0 } pidFile ? Path.GetFullPath(pidFile) : Path.Combine(engine.ExecRoot, "berthd.pid"),
            SocketGroup = settings.Text("group"),
            Debug = debug,
            LogLevel = debug ? LogLevel.Debug : ParseLogLevel(settings.Text("log-level") ?? "info"),
            LogFormat = ParseLogFormat(settings.Text("log-format") ?? "text"),
            ProxyVariables = [.. ProxyVariablesOf(settings)],
            Tls = tls,
            ShowHelp = settings.Switch("help", false),
            ShowVersion = settings.Switch("version", false),
            ValidateOnly = settings.Switch("validate", false),
        };
    }

    /// <summary>In both spellings: programs differ in which they read. moby 28: daemon/command/daemon.go, configureProxyEnv.</summary>
    private static IEnumerable<(string Name, string Value)> ProxyVariablesOf(Settings settings) =>
        from flag in (string[])["http-proxy", "https-proxy", "no-proxy"]
        let value = settings.Text(flag)
        where value is { Length: > 0 }
        let name = flag.Replace('-', '_')
        from spelling in (string[])[name.ToUpperInvariant(), name]
        select (spelling, value);

    private static LogFormat ParseLogFormat(string text) => text switch
    {
        "text" or "" => LogFormat.Text,
        "json" => LogFormat.Json,
        _ => throw new ConfigurationException($"invalid log format: {text}"),
    };

    private static LogLevel ParseLogLevel(string text) => text.ToLowerInvariant() switch
    {
        "trace" => LogLevel.Trace,
        "debug" => LogLevel.Debug,
        "info" => LogLevel.Information,
        "warn" => LogLevel.Warning,
        "error" => LogLevel.Error,
        "fatal" or "panic" => LogLevel.Critical,
        _ => throw new ConfigurationException($"invalid logging level: {text}"),
    };
}
