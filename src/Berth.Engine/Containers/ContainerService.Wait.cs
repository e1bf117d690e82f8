using Berth.Api.Containers;
using Berth.Runtime;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <summary>Registers the waiter and returns at once; the answer comes when the condition is met.</summary>
    /// <param name="condition"><c>not-running</c> (also when empty), <c>next-exit</c> or <c>removed</c>.</param>
    public Task<Task<ContainerWait>> WaitAsync(string nameOrId, string condition, CancellationToken ct)
    {
        if (condition is not ("" or "not-running" or "next-exit" or "removed"))
        {
            throw ContainerErrors.InvalidCondition(condition);
        }

        Container container = _table.Get(nameOrId);

        // Waiting first and looking second: what happens in between is not missed.
        var registration = CancellationTokenSource.CreateLinkedTokenSource(ct);
        Task<TaskExit> awaited = condition == "removed"
            ? container.RemovedAsync(registration.Token)
            : container.NextExitAsync(registration.Token);
        bool isMet = condition switch
        {
            "removed" => _table.FindById(container.Id) is null,
            "next-exit" => false,
            _ => !container.State.CountsAsRunning,
        };
        if (isMet)
        {
            registration.Cancel();
            registration.Dispose();
            return Task.FromResult(Task.FromResult(Answer(container, container.State.ExitCode)));
        }

        return Task.FromResult(AnswerAsync(container, awaited, registration));
    }

    private static async Task<ContainerWait> AnswerAsync(Container container, Task<TaskExit> awaited, CancellationTokenSource registration)
    {
        using (registration)
        {
            return Answer(container, (await awaited.ConfigureAwait(false)).ExitCode);
        }
    }

    private static ContainerWait Answer(Container container, int exitCode) => new()
    {
        StatusCode = exitCode,
        Error = container.State.Error is { Length: > 0 } error ? new ContainerWaitExitError { Message = error } : null,
    };
}
