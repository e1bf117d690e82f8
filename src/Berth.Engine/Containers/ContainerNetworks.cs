using Berth.Api.Containers;
using Berth.Api.Networks;
using Berth.Engine.Networks;

namespace Berth.Engine.Containers;

/// <summary>Which networks a container is to join, by name. moby 28: daemon/container_operations.go, updateContainerNetworkSettings.</summary>
internal static class ContainerNetworks
{
    /// <summary>
    /// The request's networks under their own names, whether it said name, id or <c>default</c>; at least the one of the mode. A network that
    /// does not exist (yet) keeps the name it was given: the start needs it, not the create.
    /// </summary>
    /// <param name="mode">Normalised: see <see cref="NetworkModeValidation.Normalize"/>.</param>
    /// <exception cref="EngineException">What is asked of a network cannot be had there.</exception>
    public static IReadOnlyDictionary<string, EndpointSettings> Resolve(
        ContainerConfig config, string mode, NetworkingConfig? request, NetworkService networks)
    {
        var resolved = new SortedDictionary<string, EndpointSettings>(StringComparer.Ordinal);
        if (config.NetworkDisabled == true || SandboxRequests.SharedContainer(mode) is not null)
        {
            return resolved;
        }

        foreach ((string name, EndpointSettings? settings) in request?.EndpointsConfig ?? new Dictionary<string, EndpointSettings?>())
        {
            resolved[NameOf(NetworkModeValidation.Normalize(name), networks)] = Asked(settings);
        }

        string main = NameOf(mode, networks);
        if (resolved.Count == 0 || (SandboxRequests.IsUserDefined(mode) && !resolved.ContainsKey(main)))
        {
            resolved.TryAdd(main, new EndpointSettings());
        }

        if (!string.IsNullOrEmpty(config.MacAddress) && resolved.TryGetValue(main, out EndpointSettings? place) && place.MacAddress.Length == 0)
        {
            resolved[main] = place with { MacAddress = config.MacAddress };
        }

        foreach ((string name, EndpointSettings settings) in resolved)
        {
            if (Find(name, networks) is not null)
            {
                networks.Validate(name, settings);
            }
        }

        return resolved;
    }

    /// <summary>Only what a user can ask for: what describes a place in a network is the network's to say.</summary>
    public static EndpointSettings Asked(EndpointSettings? settings) => settings is null
        ? new EndpointSettings()
        : new EndpointSettings
        {
            IPAMConfig = settings.IPAMConfig,
            Links = settings.Links,
            MacAddress = settings.MacAddress,
            Aliases = settings.Aliases,
            DriverOpts = settings.DriverOpts,
            GwPriority = settings.GwPriority,
        };

    private static string NameOf(string nameOrId, NetworkService networks) => Find(nameOrId, networks)?.Name ?? nameOrId;

    private static NetworkInspect? Find(string nameOrId, NetworkService networks)
    {
        try
        {
            return networks.Resolve(nameOrId);
        }
        catch (EngineException e) when (e.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }
}
