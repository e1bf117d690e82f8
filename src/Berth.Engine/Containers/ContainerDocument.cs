namespace Berth.Engine.Containers;

/// <summary>A container as the state store keeps it.</summary>
internal sealed record ContainerDocument
{
    public required ContainerSpec Spec { get; init; }
    public required ContainerRunState State { get; init; }
}
