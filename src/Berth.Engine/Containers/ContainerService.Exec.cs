using Berth.Api;
using Berth.Api.Containers;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    public Task<IdResponse> ExecCreateAsync(string nameOrId, ExecCreateRequest request, CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Starts the process in the background (Detach) or prepares a session that starts it; null when detached.</summary>
    public Task<StreamSession?> ExecStartAsync(string execId, ExecStartRequest request, CancellationToken ct) => throw new NotImplementedException();

    public ExecInspect ExecInspect(string execId) => throw new NotImplementedException();

    public Task ExecResizeAsync(string execId, int rows, int columns, CancellationToken ct) => throw new NotImplementedException();
}
