namespace Berth.Engine.Containers;

/// <summary>What can be done with containers, a file per verb.</summary>
public sealed partial class ContainerService
{
    internal ContainerService()
    {
    }

    /// <summary>Loads what is stored, takes up what still runs, records what exited meanwhile, applies restart policies.</summary>
    internal Task RestoreAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Ends watching and pending restarts; containers run on.</summary>
    internal Task DetachAsync(CancellationToken ct) => throw new NotImplementedException();
}
