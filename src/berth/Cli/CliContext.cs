using Berth.Api;
using Berth.Client;

namespace Berth.Cli;

/// <summary>What a command works with: the client, the configuration, and the three streams of the process.</summary>
internal sealed class CliContext : IDisposable
{
    private BerthClient? _client;
    private ConfigFile? _config;

    public CliContext(string program, GlobalOptions globals)
    {
        Program = program;
        Globals = globals;
    }

    /// <summary>The name that we were called by: <c>docker</c> or <c>berth</c>.</summary>
    public string Program { get; }

    public GlobalOptions Globals { get; }

    public TextOutput Out { get; } = new(1);

    public TextOutput Error { get; } = new(2);

    public Terminal Terminal { get; } = new(0);

    public TimeProvider Clock { get; } = TimeProvider.System;

    public ConfigFile Config => _config ??= ConfigFile.Load(Globals.ConfigDirectory.Value, Error);

    /// <summary>Connects with the first request, not before.</summary>
    public BerthClient Client => _client ??= new BerthClient(EndpointChoice.Choose(this), new BerthClientOptions
    {
        ApiVersion = AskedVersion(),
        Headers = Config.HttpHeaders,
        UserAgent = "Berth-Client (linux)",
    });

    private static ApiVersion? AskedVersion() =>
        GlobalOptions.Environment("DOCKER_API_VERSION") is { Length: > 0 } text && ApiVersion.TryParse(text.TrimStart('v'), out ApiVersion version)
            ? version
            : null;

    /// <summary>How a failure reads to the user.</summary>
    public static string Sentence(Exception failure) => failure switch
    {
        ApiException refused => $"Error response from daemon: {refused.Message}",
        _ => failure.Message,
    };

    public void Flush()
    {
        Out.Flush();
        Error.Flush();
    }

    public void Dispose() => _client?.Dispose();
}
