namespace Berth.Engine.Containers;

/// <summary>Network modes that exclude joining or leaving a network later. moby 28: runconfig/errors.go.</summary>
internal static class NetworkModeErrors
{
    public static EngineException SharedIsFixed() => new(ErrorKind.InvalidParameter,
        "container sharing network namespace with another container or host cannot be connected to any other network");

    public static EngineException HostIsFixed() => new(ErrorKind.InvalidParameter,
        "container cannot be disconnected from host network or connected to host network");

    public static EngineException NoneIsAlone() => new(ErrorKind.InvalidParameter,
        "container cannot be connected to multiple networks with one of the networks in private (none) mode");
}
