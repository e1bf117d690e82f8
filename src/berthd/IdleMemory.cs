using Berth.Engine.Daemon;

namespace Berth.Daemon;

/// <summary>Gives memory back when no request has come for a while: a daemon at rest allocates too little for the collector to look by itself.</summary>
/// <remarks>Between two requests nothing runs, not even a clock: a request winds it up, and it strikes once.</remarks>
internal sealed class IdleMemory : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);

    private readonly ITimer _clock;

    public IdleMemory(TimeProvider time) => _clock = time.CreateTimer(static _ => MemoryAtRest.Release(), null, Quiet, Timeout.InfiniteTimeSpan);

    public Task OnRequestAsync(HttpContext context, RequestDelegate next)
    {
        _clock.Change(Quiet, Timeout.InfiniteTimeSpan);
        return next(context);
    }

    public void Dispose() => _clock.Dispose();
}
