namespace Berth.Cli;

/// <summary>The options before the command's name, and the variables that stand for them.</summary>
internal sealed class GlobalOptions
{
    public GlobalOptions()
    {
        string configDirectory = Environment("DOCKER_CONFIG") is { Length: > 0 } directory
            ? directory
            : Path.Combine(Environment("HOME") is { Length: > 0 } home ? home : "/", ".docker");
        string certificates = Environment("DOCKER_CERT_PATH") is { Length: > 0 } path ? path : configDirectory;
        Flags.Interspersed = false;
        ConfigDirectory = Flags.Text("config", null, "Location of client config files", configDirectory);
        Context = Flags.Text("context", 'c', "Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with \"docker context use\")");
        Debug = Flags.Switch("debug", 'D', "Enable debug mode");
        Hosts = Flags.List("host", 'H', "Daemon socket to connect to");
        LogLevel = Flags.Add(new Flag<string>("log-level", 'l', "string",
            "Set the logging level (\"debug\", \"info\", \"warn\", \"error\", \"fatal\")", "info", text => text) { Default = "\"info\"" });
        Tls = Flags.Switch("tls", null, "Use TLS; implied by --tlsverify", Environment("DOCKER_TLS") is { Length: > 0 });
        TlsAuthority = Flags.Text("tlscacert", null, "Trust certs signed only by this CA", Path.Combine(certificates, "ca.pem"));
        TlsCertificate = Flags.Text("tlscert", null, "Path to TLS certificate file", Path.Combine(certificates, "cert.pem"));
        TlsKey = Flags.Text("tlskey", null, "Path to TLS key file", Path.Combine(certificates, "key.pem"));
        TlsVerify = Flags.Switch("tlsverify", null, "Use TLS and verify the remote", Environment("DOCKER_TLS_VERIFY") is { Length: > 0 });
        Version = Flags.Switch("version", 'v', "Print version information and quit");
    }

    public FlagSet Flags { get; } = new();

    public Flag<string> ConfigDirectory { get; }
    public Flag<string> Context { get; }
    public Flag<bool> Debug { get; }
    public ListFlag<string> Hosts { get; }
    public Flag<string> LogLevel { get; }
    public Flag<bool> Tls { get; }
    public Flag<string> TlsAuthority { get; }
    public Flag<string> TlsCertificate { get; }
    public Flag<string> TlsKey { get; }
    public Flag<bool> TlsVerify { get; }
    public Flag<bool> Version { get; }

    /// <exception cref="CommandException">A value is none that the option knows.</exception>
    public void Check()
    {
        if (LogLevel.Value.ToLowerInvariant() is not ("panic" or "fatal" or "error" or "warn" or "warning" or "info" or "debug" or "trace"))
        {
            throw new CommandException($"Unable to parse logging level: {LogLevel.Value}");
        }
    }

    public static string? Environment(string name) => System.Environment.GetEnvironmentVariable(name);
}
