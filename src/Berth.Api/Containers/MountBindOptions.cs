namespace Berth.Api.Containers;

public sealed record MountBindOptions
{
    public string Propagation { get; init => field = value ?? ""; } = "";
    public bool NonRecursive { get; init; }
    public bool CreateMountpoint { get; init; }
    public bool ReadOnlyNonRecursive { get; init; }
    public bool ReadOnlyForceRecursive { get; init; }
}
