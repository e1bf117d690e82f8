using System.Globalization;
using System.Net;

namespace Berth.Daemon.Configuration;

/// <summary>Where the API is served: a path for a unix socket, or a host and port.</summary>
internal sealed record ListenAddress
{
    public const string DefaultSocket = "/var/run/docker.sock";

    public string? SocketPath { get; private init; }

    /// <summary>An address or a name; <c>localhost</c> is both loopback addresses.</summary>
    public string Host { get; private init; } = "";

    public int Port { get; private init; }

    public bool IsTcp => SocketPath is null;

    /// <param name="tls">Decides the port where none is named: 2376 with, 2375 without. moby 28: opts/hosts.go.</param>
    /// <exception cref="ConfigurationException">No such address.</exception>
    public static ListenAddress Parse(string text, bool tls)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        string protocol = scheme < 0 ? "tcp" : text[..scheme];
        string rest = scheme < 0 ? text : text[(scheme + 3)..];
        return protocol switch
        {
            "unix" => Unix(rest.Length == 0 ? DefaultSocket : rest),
            "tcp" => Tcp(text, rest, tls ? 2376 : 2375),
            "fd" => throw new ConfigurationException(
                "fd:// is a socket from systemd, which this daemon does not take over: name a socket of its own with -H unix:///path/to/docker.sock"),
            _ => throw new ConfigurationException($"invalid bind address ({text}): unsupported protocol: {protocol}"),
        };
    }

    public static ListenAddress Unix(string path) => new() { SocketPath = Path.GetFullPath(path) };

    public override string ToString() =>
        SocketPath ?? (Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}"));

    private static ListenAddress Tcp(string text, string authority, int defaultPort)
    {
        authority = authority.TrimEnd('/');
        int colon = authority.LastIndexOf(':');
        bool hasPort = colon >= 0 && authority.IndexOf(']', colon) < 0;
        string host = (hasPort ? authority[..colon] : authority).Trim('[', ']');
        int port = defaultPort;
        if (hasPort && (!int.TryParse(authority[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out port) || port > IPEndPoint.MaxPort))
        {
            throw new ConfigurationException($"invalid bind address ({text}): invalid port");
        }

        if (host.Length > 0 && host != "localhost" && !IPAddress.TryParse(host, out _))
        {
            throw new ConfigurationException($"invalid bind address ({text}): {host} is neither an IP address nor localhost");
        }

        return new ListenAddress { Host = host.Length == 0 ? "localhost" : host, Port = port };
    }
}
