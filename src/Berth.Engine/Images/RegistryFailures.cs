using System.Net.Sockets;
using System.Security.Authentication;
using Berth.Engine.Daemon;
using Berth.Oci;
using Berth.Oci.Distribution;

namespace Berth.Engine.Images;

/// <summary>What went wrong with a registry, in the sentences that dockerd has for it. moby 28: distribution/errors.go; Go's net and net/http.</summary>
internal static class RegistryFailures
{
    /// <returns>Null for what is no failure of a registry or the way to it.</returns>
    public static EngineException? Translate(Exception e, ImageReference reference) => e switch
    {
        RegistryException registry => new EngineException(
            registry.Code is RegistryError.Denied or RegistryError.ManifestUnknown or RegistryError.NameUnknown ? ErrorKind.NotFound : ErrorKind.System,
            registry.PullSentence(reference), registry),
        HttpRequestException http => new EngineException(ErrorKind.System, $"Get \"{Address(reference)}\": {Reason(http, reference)}", http),
        TimeoutException timeout => new EngineException(
            ErrorKind.System, $"Get \"{Address(reference)}\": {timeout.Message}", timeout),
        IOException io => new EngineException(ErrorKind.System, FailureText.Of(io), io),
        _ => null,
    };

    /// <summary>As <see cref="Translate"/>, for a push: a registry's refusal stands for itself.</summary>
    public static EngineException? TranslatePush(Exception e, ImageReference reference) => e is RegistryException registry
        ? new EngineException(registry.IsUnauthorized ? ErrorKind.Forbidden : ErrorKind.System, registry.Errors[0].ToString(), registry)
        : Translate(e, reference);

    private static string Address(ImageReference reference)
    {
        Uri address = RegistryEndpoint.AddressesOf(reference.Domain, insecure: false)[^1];
        return new Uri(address, "/v2/").ToString();
    }

    private static string Reason(HttpRequestException e, ImageReference reference)
    {
        string host = InsecureRegistries.HostOf(reference.Domain);
        for (Exception? inner = e.InnerException; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case SocketException { SocketErrorCode: SocketError.ConnectionRefused }:
                    return $"dial tcp {reference.Domain}: connect: connection refused";
                case SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain }:
                    return $"dial tcp: lookup {host}: no such host";
                case SocketException { SocketErrorCode: SocketError.NetworkUnreachable or SocketError.HostUnreachable }:
                    return $"dial tcp {reference.Domain}: connect: network is unreachable";
                case SocketException { SocketErrorCode: SocketError.ConnectionReset }:
                    return "connection reset by peer";
                case SocketException { SocketErrorCode: SocketError.Shutdown }:
                    return "broken pipe";
                case AuthenticationException tls:
                    return $"tls: failed to verify certificate: {tls.Message}";
            }
        }

        return e.Message;
    }
}
