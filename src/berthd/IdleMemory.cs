namespace Berth.Daemon;

/// <summary>Gives memory back when no request has come for a while: a daemon at rest allocates too little for the collector to look by itself.</summary>
/// <remarks>
/// Twice: soon, and when pools of buffers believe that what was not taken for a minute is not needed, which they look at when memory is collected.
/// Between two requests nothing else runs, not even a clock. Source: dotnet/runtime, SharedArrayPool.cs, Trim.
/// </remarks>
internal sealed class IdleMemory : IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongQuiet = TimeSpan.FromSeconds(70);

    private readonly Action _release;
    private readonly ITimer _clock;
    private volatile bool _isFirst = true;

    /// <param name="release">What gives memory back.</param>
    public IdleMemory(TimeProvider time, Action release)
    {
        _release = release;
        _clock = time.CreateTimer(static idle => ((IdleMemory)idle!).Strike(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Change(Quiet, Timeout.InfiniteTimeSpan);
    }

    public Task OnRequestAsync(HttpContext context, RequestDelegate next)
    {
        _isFirst = true;
        _clock.Change(Quiet, Timeout.InfiniteTimeSpan);
        return next(context);
    }

    public void Dispose() => _clock.Dispose();

    private void Strike()
    {
        if (_isFirst)
        {
            _isFirst = false;
            _clock.Change(LongQuiet, Timeout.InfiniteTimeSpan);
        }

        _release();
    }
}
