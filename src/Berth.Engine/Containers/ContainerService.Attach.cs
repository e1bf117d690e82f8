namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Checks and prepares; streaming begins with <see cref="StreamSession.RunAsync"/>.</summary>
    public Task<StreamSession> AttachAsync(string nameOrId, AttachOptions options, CancellationToken ct) => throw new NotImplementedException();
}
