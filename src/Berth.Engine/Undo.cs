using Microsoft.Extensions.Logging;

namespace Berth.Engine;

/// <summary>Rolls back what a verb did, last first, unless it got to its end.</summary>
/// <remarks>A failing step is logged and never hides the error that brought us here.</remarks>
internal sealed partial class Undo(ILogger logger) : IAsyncDisposable
{
    private readonly Stack<(string What, Func<ValueTask> Step)> _steps = new();

    public void Push(string what, Func<ValueTask> step) => _steps.Push((what, step));

    public void Push(string what, Action step) => Push(what, () =>
    {
        step();
        return ValueTask.CompletedTask;
    });

    /// <summary>The verb succeeded: there is nothing to take back.</summary>
    public void Complete() => _steps.Clear();

    public async ValueTask DisposeAsync()
    {
        while (_steps.TryPop(out (string What, Func<ValueTask> Step) entry))
        {
            try
            {
                await entry.Step().ConfigureAwait(false);
            }
            catch (Exception e)
            {
                LogStepFailed(logger, entry.What, e);
            }
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "Could not undo: {What}")]
    private static partial void LogStepFailed(ILogger logger, string what, Exception exception);
}
