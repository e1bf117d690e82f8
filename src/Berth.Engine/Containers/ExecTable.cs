namespace Berth.Engine.Containers;

/// <summary>The execs of all containers, by id, from their creation until some time after their end.</summary>
internal sealed class ExecTable
{
    /// <summary>For <c>ExecIDs</c> of inspect: created and running ones; null when there is none, as Docker shows it.</summary>
    public IReadOnlyList<string>? IdsOf(string containerId) => throw new NotImplementedException(containerId);

    /// <summary>The container died or is removed: what ran in it is over.</summary>
    public void Forget(string containerId) => throw new NotImplementedException(containerId);
}
