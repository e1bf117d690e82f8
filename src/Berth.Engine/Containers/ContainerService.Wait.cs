using Berth.Api.Containers;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Registers the waiter and returns at once; the answer comes when the condition is met.</summary>
    /// <param name="condition"><c>not-running</c>, <c>next-exit</c> or <c>removed</c>.</param>
    public Task<Task<ContainerWait>> WaitAsync(string nameOrId, string condition, CancellationToken ct) => throw new NotImplementedException();
}
