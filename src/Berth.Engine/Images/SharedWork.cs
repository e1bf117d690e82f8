namespace Berth.Engine.Images;

/// <summary>Work that is done once however many want it, and goes on as long as one of them does.</summary>
internal sealed class SharedWork<TKey, TState>
    where TKey : notnull
    where TState : class
{
    private readonly Lock _lock = new();
    private readonly Dictionary<TKey, Job> _jobs = [];

    /// <summary>Joins the work for a key, beginning it where nobody has.</summary>
    /// <param name="begin">Makes what the work shows of itself, and the work. Its token ends when nobody waits any more.</param>
    public Ticket Join(TKey key, Func<(TState State, Func<CancellationToken, Task> Run)> begin)
    {
        lock (_lock)
        {
            if (_jobs.TryGetValue(key, out Job? known) && !known.IsAbandoned)
            {
                known.Waiting++;
                return new Ticket(this, key, known);
            }

            (TState state, Func<CancellationToken, Task> run) = begin();
            var job = new Job(state) { Waiting = 1 };
            _jobs[key] = job;
            job.Work = RunAsync(key, job, run);
            return new Ticket(this, key, job);
        }
    }

    /// <summary>The work for a key, if it is going on.</summary>
    public Task? Find(TKey key)
    {
        lock (_lock)
        {
            return _jobs.TryGetValue(key, out Job? job) && !job.IsAbandoned ? job.Work : null;
        }
    }

    private async Task RunAsync(TKey key, Job job, Func<CancellationToken, Task> run)
    {
        // not under the lock of the one who began it
        await Task.Yield();
        try
        {
            await run(job.Cancellation.Token).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                if (_jobs.TryGetValue(key, out Job? current) && current == job)
                {
                    _jobs.Remove(key);
                }
            }
        }
    }

    internal sealed class Job(TState state)
    {
        public TState State { get; } = state;
        public CancellationTokenSource Cancellation { get; } = new();
        public Task Work { get; set; } = Task.CompletedTask;
        public int Waiting { get; set; }
        public bool IsAbandoned { get; set; }
    }

    /// <summary>One who waits. Disposing of it leaves; the last to leave an unfinished work ends it.</summary>
    internal sealed class Ticket(SharedWork<TKey, TState> owner, TKey key, Job job) : IAsyncDisposable
    {
        public TState State => job.State;

        public Task Work => job.Work;

        public async ValueTask DisposeAsync()
        {
            lock (owner._lock)
            {
                if (--job.Waiting > 0 || job.Work.IsCompleted)
                {
                    return;
                }

                job.IsAbandoned = true;
                if (owner._jobs.TryGetValue(key, out Job? current) && current == job)
                {
                    owner._jobs.Remove(key);
                }
            }

            await job.Cancellation.CancelAsync().ConfigureAwait(false);
            // its files are free again when it has ended, and not before
            await job.Work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
