namespace Berth.Client;

/// <summary>No answer came: there is no daemon at the address, or the connection broke before the answer.</summary>
public sealed class DaemonUnreachableException : Exception
{
    public DaemonUnreachableException(string message, Exception? innerException = null) : base(message, innerException)
    {
    }

    // Source: moby 28, client/request.go and client/errors.go.
    internal static DaemonUnreachableException NotRunning(DockerHost host, Exception? cause = null) =>
        new($"Cannot connect to the Docker daemon at {host}. Is the docker daemon running?", cause);

    internal static DaemonUnreachableException Forbidden(DockerHost host, string method, string target, Exception cause) =>
        new($"permission denied while trying to connect to the Docker daemon socket at {host}: "
            + $"{Verb(method)} \"{host.UrlOf(target)}\": dial unix {host.Address}: connect: permission denied", cause);

    internal static DaemonUnreachableException During(DockerHost host, string method, string target, string reason, Exception? cause = null) =>
        new($"error during connect: {Verb(method)} \"{host.UrlOf(target)}\": {reason}", cause);

    private static string Verb(string method) => method[..1] + method[1..].ToLowerInvariant();
}
