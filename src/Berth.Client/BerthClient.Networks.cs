using System.Text.Json;
using Berth.Api;
using Berth.Api.Networks;

namespace Berth.Client;

public sealed partial class BerthClient
{
    public IReadOnlyList<NetworkSummary> ListNetworks(Filters? filters = null) =>
        Get("/networks" + new QueryString().Add("filters", filters), ApiJson.Default.IReadOnlyListNetworkSummary);

    public JsonElement InspectNetworkRaw(string id, bool verbose = false) =>
        GetRaw($"/networks/{Escape(id)}" + new QueryString().Add("verbose", verbose ? "true" : null));

    public NetworkCreateResponse CreateNetwork(NetworkCreateRequest request) =>
        Read(SendJson("POST", "/networks/create", request, ApiJson.Default.NetworkCreateRequest), ApiJson.Default.NetworkCreateResponse);

    public void RemoveNetwork(string id) => Do("DELETE", $"/networks/{Escape(id)}");

    public void ConnectNetwork(string id, NetworkConnectRequest request) =>
        Finish(SendJson("POST", $"/networks/{Escape(id)}/connect", request, ApiJson.Default.NetworkConnectRequest));

    public void DisconnectNetwork(string id, NetworkDisconnectRequest request) =>
        Finish(SendJson("POST", $"/networks/{Escape(id)}/disconnect", request, ApiJson.Default.NetworkDisconnectRequest));
}
