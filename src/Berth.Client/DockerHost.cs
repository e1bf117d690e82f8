using System.Globalization;

namespace Berth.Client;

/// <summary>Where a daemon listens: <c>unix:///var/run/docker.sock</c> or <c>tcp://host:port</c>, the latter perhaps with TLS.</summary>
/// <remarks>Sources: docker/cli 28, opts/hosts.go (what may be left out) and moby 28, client.ParseHostURL.</remarks>
public sealed record DockerHost
{
    public const string DefaultUnixSocket = "/var/run/docker.sock";

    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    private DockerHost()
    {
    }

    public static DockerHost Default { get; } = Unix(DefaultUnixSocket);

    /// <summary><c>unix</c> or <c>tcp</c>.</summary>
    public required string Scheme { get; init; }

    /// <summary>The socket's path, or the name or address of the machine.</summary>
    public required string Address { get; init; }

    /// <summary>0 for a unix socket.</summary>
    public int Port { get; init; }

    /// <summary>What is put before each path; empty or <c>/prefix</c>.</summary>
    public string BasePath { get; init; } = "";

    /// <summary>Null where the connection is not encrypted.</summary>
    public TlsFiles? Tls { get; init; }

    public bool IsUnix => Scheme == "unix";

    public static DockerHost Unix(string path) => new() { Scheme = "unix", Address = path };

    public static DockerHost Tcp(string address, int port) => new() { Scheme = "tcp", Address = address, Port = port };

    /// <param name="text">An address as users write it; the scheme, the host and the port may be missing.</param>
    /// <param name="tls">Given where the connection is to be encrypted; it also decides the port that is assumed.</param>
    /// <exception cref="FormatException">No daemon can be reached at such an address.</exception>
    public static DockerHost Parse(string text, TlsFiles? tls = null)
    {
        text = text.Trim();
        if (text.Length == 0)
        {
            return tls is null ? Default : ParseTcp("", text, tls);
        }

        int separator = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = separator < 0 ? "tcp" : text[..separator];
        string rest = separator < 0 ? text : text[(separator + 3)..];
        return scheme switch
        {
            "unix" => Unix(rest.Length == 0 ? DefaultUnixSocket : rest),
            "tcp" or "http" or "https" => ParseTcp(rest, text, tls),
            "ssh" or "fd" or "npipe" => throw new FormatException($"invalid bind address format: {text}: {scheme} is not supported here"),
            _ => throw new FormatException($"invalid bind address format: {text}"),
        };
    }

    private static DockerHost ParseTcp(string rest, string whole, TlsFiles? tls)
    {
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        string basePath = slash < 0 ? "" : rest[slash..].TrimEnd('/');
        (string address, string port) = SplitPort(slash < 0 ? rest : rest[..slash]);
        int number = tls is null ? PlainPort : TlsPort;
        if (port.Length > 0
            && (!int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out number) || number is < 1 or > 65535))
        {
            throw new FormatException($"invalid bind address format: {whole}");
        }

        return new DockerHost
        {
            Scheme = "tcp",
            Address = address.Length == 0 ? "localhost" : address,
            Port = number,
            BasePath = basePath,
            Tls = tls,
        };
    }

    private static (string Address, string Port) SplitPort(string authority)
    {
        if (authority.StartsWith('['))
        {
            int end = authority.IndexOf(']', StringComparison.Ordinal);
            return end < 0 ? (authority, "") : (authority[1..end], authority[(end + 1)..].TrimStart(':'));
        }

        int colon = authority.LastIndexOf(':');
        return colon < 0 ? (authority, "") : (authority[..colon], authority[(colon + 1)..]);
    }

    /// <summary>The value of the <c>Host</c> header.</summary>
    /// <remarks>For a unix socket any fixed name will do; moby's client says <c>api.moby.localhost</c> since 24.</remarks>
    internal string HostHeader => IsUnix ? "api.moby.localhost" : Authority;

    internal string UrlOf(string target) =>
        $"{(Tls is null ? "http" : "https")}://{(IsUnix ? Uri.EscapeDataString(Address) : Authority)}{target}";

    private string Authority => string.Create(CultureInfo.InvariantCulture,
        $"{(Address.Contains(':', StringComparison.Ordinal) ? $"[{Address}]" : Address)}:{Port}");

    public override string ToString() => IsUnix ? $"unix://{Address}" : $"tcp://{Authority}{BasePath}";
}
