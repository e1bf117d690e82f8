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
            return Task.FromResult(Task.FromResult(AnswerNow(container.State)));
        }

        return Task.FromResult(AnswerAsync(awaited, registration));
    }

    private static async Task<ContainerWait> AnswerAsync(Task<TaskExit> awaited, CancellationTokenSource registration)
    {
        using (registration)
        {
            return new ContainerWait { StatusCode = (await awaited.ConfigureAwait(false)).ExitCode };
        }
    }

    /// <summary>Who asks after a start that failed hears why. moby 28: container/state.go, Err.</summary>
    private static ContainerWait AnswerNow(ContainerRunState state) => new()
    {
        StatusCode = state.ExitCode,
        Error = state.Error.Length > 0 ? new ContainerWaitExitError { Message = state.Error } : null,
    };
}
