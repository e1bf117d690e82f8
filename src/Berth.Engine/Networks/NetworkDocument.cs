using System.Text.Json.Serialization;

namespace Berth.Engine.Networks;

/// <summary>A network as it is kept in the state store.</summary>
internal sealed record NetworkDocument
{
    public required Berth.Api.Networks.Network Network { get; init; }

    /// <summary>The interface was there before us and stays when the network goes.</summary>
    public bool InterfaceIsForeign { get; init; }

    /// <summary>The subnet was named by the user, so that addresses may be chosen in it.</summary>
    public bool SubnetIsGiven { get; init; }
}

[JsonSerializable(typeof(NetworkDocument))]
internal sealed partial class NetworkJson : JsonSerializerContext;
