using Berth.Api.Networks;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task ConnectAsync(string network, NetworkConnectRequest request, CancellationToken ct) => throw new NotImplementedException();

    public Task DisconnectAsync(string network, NetworkDisconnectRequest request, CancellationToken ct) => throw new NotImplementedException();
}
