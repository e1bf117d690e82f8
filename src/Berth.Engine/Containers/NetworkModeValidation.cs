using Berth.Api.Containers;

namespace Berth.Engine.Containers;

/// <summary>Refuses what a network mode excludes, in Docker's sentences. moby 28: runconfig/hostconfig_unix.go, validateNetMode; runconfig/errors.go.</summary>
internal static class NetworkModeValidation
{
    /// <summary>The mode as it is kept: nothing and <c>default</c> mean the default bridge.</summary>
    public static string Normalize(string networkMode) => networkMode is "" or "default" ? SandboxRequests.Default : networkMode;

    /// <param name="request">As the client sent it: what the image adds later excludes nothing.</param>
    public static void Validate(ContainerConfig request, HostConfig host)
    {
        if (host.UTSMode == "host" && request.Hostname.Length > 0)
        {
            throw Conflicting("hostname and the UTS mode");
        }

        bool hasLinks = host.Links is { Count: > 0 };
        if (host.NetworkMode == SandboxRequests.Host && hasLinks)
        {
            throw Conflicting("host type networking can't be used with links. This would result in undefined behavior");
        }

        if (host.NetworkMode.StartsWith("container", StringComparison.Ordinal) && SharedOrBroken(host.NetworkMode))
        {
            ValidateShared(request, host, hasLinks);
        }
    }

    private static bool SharedOrBroken(string mode)
    {
        if (mode == "container" || SandboxRequests.SharedContainer(mode) is "")
        {
            throw new EngineException(ErrorKind.InvalidParameter, "Invalid network mode: invalid container format container:<name|id>");
        }

        return SandboxRequests.SharedContainer(mode) is not null;
    }

    private static void ValidateShared(ContainerConfig request, HostConfig host, bool hasLinks)
    {
        (bool Excluded, string What)[] rules =
        [
            (request.Hostname.Length > 0, "hostname and the network mode"),
            (hasLinks, "container type network can't be used with links. This would result in undefined behavior"),
            (host.Dns is { Count: > 0 }, "dns and the network mode"),
            (host.ExtraHosts is { Count: > 0 }, "custom host-to-IP mapping and the network mode"),
            (host.PortBindings is { Count: > 0 } || host.PublishAllPorts, "port publishing and the container type network mode"),
            (request.ExposedPorts is { Count: > 0 }, "port exposing and the container type network mode"),
        ];
        foreach ((bool excluded, string what) in rules)
        {
            if (excluded)
            {
                throw Conflicting(what);
            }
        }
    }

    private static EngineException Conflicting(string what) => new(ErrorKind.InvalidParameter, $"conflicting options: {what}");
}
