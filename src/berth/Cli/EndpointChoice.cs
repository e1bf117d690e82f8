using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Berth.Client;

namespace Berth.Cli;

/// <summary>Which daemon is meant: <c>-H</c>, <c>-c</c>, DOCKER_HOST, DOCKER_CONTEXT, the configuration's context, in that order.</summary>
/// <remarks>Source: docker/cli 28, cli/command/cli.go, resolveContextName and resolveDefaultDockerEndpoint.</remarks>
internal static class EndpointChoice
{
    public const string DefaultContext = "default";

    /// <exception cref="CommandException">The choice leads nowhere.</exception>
    public static DockerHost Choose(CliContext context)
    {
        try
        {
            string name = ContextName(context);
            return name == DefaultContext ? FromOptions(context.Globals) : FromContext(context.Globals.ConfigDirectory.Value, name);
        }
        catch (FormatException e)
        {
            throw Unresolved(e.Message);
        }
    }

    public static string ContextName(CliContext context)
    {
        GlobalOptions globals = context.Globals;
        if (globals.Context.IsChanged && globals.Hosts.Values.Count > 0)
        {
            throw new CommandException("conflicting options: either specify --host or --context, not both");
        }

        if (globals.Context.IsChanged && globals.Context.Value.Length > 0)
        {
            return globals.Context.Value;
        }

        if (globals.Hosts.Values.Count > 0 || GlobalOptions.Environment("DOCKER_HOST") is { Length: > 0 })
        {
            return DefaultContext;
        }

        return GlobalOptions.Environment("DOCKER_CONTEXT") is { Length: > 0 } named ? named
            : context.Config.CurrentContext is { Length: > 0 } current ? current
            : DefaultContext;
    }

    private static DockerHost FromOptions(GlobalOptions globals)
    {
        if (globals.Hosts.Values.Count > 1)
        {
            throw Unresolved("Specify only one -H");
        }

        string text = globals.Hosts.Values.Count == 1 ? globals.Hosts.Values[0] : GlobalOptions.Environment("DOCKER_HOST") ?? "";
        TlsFiles? tls = globals.Tls.Value || globals.TlsVerify.Value ? TlsOf(globals) : null;
        return DockerHost.Parse(text, tls);
    }

    // Files that nobody named are left out where they are missing; a named one must be there.
    private static TlsFiles TlsOf(GlobalOptions globals)
    {
        bool verify = globals.TlsVerify.Value;
        if (verify && !File.Exists(globals.TlsAuthority.Value))
        {
            throw Unresolved($"open {globals.TlsAuthority.Value}: no such file or directory");
        }

        return new TlsFiles
        {
            Verify = verify,
            AuthorityPath = verify ? globals.TlsAuthority.Value : null,
            CertificatePath = IfUsable(globals.TlsCertificate),
            KeyPath = IfUsable(globals.TlsKey),
        };
    }

    private static string? IfUsable(Flag<string> path)
    {
        if (File.Exists(path.Value))
        {
            return path.Value;
        }

        return path.IsChanged
            ? throw Unresolved($"Could not load X509 key pair: open {path.Value}: no such file or directory")
            : null;
    }

    // A context is a directory named by the hash of its name: meta.json says where, tls/docker/ holds the PEM files.
    private static DockerHost FromContext(string configDirectory, string name)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(name)));
        string path = Path.Combine(configDirectory, "contexts", "meta", id, "meta.json");
        if (!File.Exists(path))
        {
            throw Unresolved($"context {GoText.Quote(name)}: context not found: open {path}: no such file or directory");
        }

        try
        {
            using var meta = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement endpoint = meta.RootElement.GetProperty("Endpoints").GetProperty("docker");
            bool skipVerify = endpoint.TryGetProperty("SkipTLSVerify", out JsonElement skip) && skip.ValueKind == JsonValueKind.True;
            string host = endpoint.TryGetProperty("Host", out JsonElement text) ? text.GetString() ?? "" : "";
            string tls = Path.Combine(configDirectory, "contexts", "tls", id, "docker");
            return DockerHost.Parse(host, Directory.Exists(tls) || skipVerify ? TlsOf(tls, skipVerify) : null);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Unresolved($"context {GoText.Quote(name)}: {path} is no context: {e.Message}");
        }
    }

    private static TlsFiles TlsOf(string directory, bool skipVerify)
    {
        string? IfThere(string file) => File.Exists(Path.Combine(directory, file)) ? Path.Combine(directory, file) : null;
        return new TlsFiles
        {
            Verify = !skipVerify,
            AuthorityPath = IfThere("ca.pem"),
            CertificatePath = IfThere("cert.pem"),
            KeyPath = IfThere("key.pem"),
        };
    }

    private static CommandException Unresolved(string reason) => new($"Failed to initialize: unable to resolve docker endpoint: {reason}");
}
