using Berth.Api;
using Berth.Api.Networks;

namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>Networks that match every filter; without the containers in them, as dockerd lists.</summary>
    /// <exception cref="EngineException">A filter does not exist, or has a value that it cannot have.</exception>
    public IReadOnlyList<NetworkInspect> List(Filters filters)
    {
        filters.Accept("dangling", "driver", "id", "label", "name", "scope", "type");
        bool? dangling = Dangling(filters);
        if (filters["type"].FirstOrDefault(type => type is not ("custom" or "builtin")) is not null)
        {
            throw FilterMatching.Invalid("type", filters["type"]);
        }

        lock (_lock)
        {
            return [.. _networks.Values.Where(network => Matches(network, filters, dangling))
                .Select(network => InspectionOf(network, withStatus: false) with { Containers = new Dictionary<string, EndpointResource?>() })];
        }
    }

    /// <param name="scope">Null or <c>local</c>; there is no other here.</param>
    /// <exception cref="EngineException">There is none, or several.</exception>
    public NetworkInspect Inspect(string nameOrId, string? scope)
    {
        lock (_lock)
        {
            return string.IsNullOrEmpty(scope) || scope == "local" ? InspectionOf(Find(nameOrId), withStatus: true) : throw NetworkErrors.NotFound(nameOrId);
        }
    }

    private static bool Matches(Network network, Filters filters, bool? dangling) =>
        filters.IsExactly("driver", network.Driver)
        && filters.IsExactly("scope", network.Document.Network.Scope)
        && filters.IsExactly("type", network.IsPredefined ? "builtin" : "custom")
        && filters.Matches("id", network.Id)
        && filters.Matches("name", network.Name)
        && filters.HasPairs("label", network.Document.Network.Labels)
        && (dangling is null || dangling == (!network.IsPredefined && network.Endpoints.Count == 0));

    private static bool? Dangling(Filters filters) => filters["dangling"] switch
    {
        [] => null,
        ["true" or "1"] => true,
        ["false" or "0"] => false,
        var values => throw FilterMatching.Invalid("dangling", values),
    };

    private static NetworkInspect InspectionOf(Network network, bool withStatus)
    {
        Berth.Api.Networks.Network document = network.Document.Network;
        return new NetworkInspect
        {
            Name = document.Name,
            Id = document.Id,
            Created = document.Created,
            Scope = document.Scope,
            Driver = document.Driver,
            EnableIPv4 = document.EnableIPv4,
            EnableIPv6 = document.EnableIPv6,
            IPAM = document.IPAM,
            Internal = document.Internal,
            Attachable = document.Attachable,
            Ingress = document.Ingress,
            ConfigFrom = document.ConfigFrom,
            ConfigOnly = document.ConfigOnly,
            Options = document.Options,
            Labels = document.Labels,
            Containers = network.Endpoints.Values.ToDictionary(e => e.ContainerId, e => (EndpointResource?)ResourceOf(network, e)),
            Status = withStatus ? StatusOf(network) : null,
        };
    }

    private static EndpointResource ResourceOf(Network network, Endpoint endpoint) => new()
    {
        Name = endpoint.ContainerName,
        EndpointID = endpoint.Id,
        MacAddress = endpoint.Mac,
        IPv4Address = network.Addresses is { } addresses ? $"{Ipv4Network.Address(endpoint.Address)}/{addresses.Subnet.PrefixLength}" : "",
    };

    private static NetworkStatus StatusOf(Network network) => new()
    {
        IPAM = new IpamStatus
        {
            Subnets = network.Addresses is { } addresses
                ? new Dictionary<string, SubnetStatus?>
                {
                    [addresses.Subnet.ToString()] = new() { IPsInUse = addresses.InUse, DynamicIPsAvailable = addresses.Available },
                }
                : null,
        },
    };
}
