using System.Collections.Concurrent;

namespace Berth.Engine.Containers;

/// <summary>The execs of all containers, by id, from their creation until some time after their end.</summary>
internal sealed class ExecTable(TimeProvider time)
{
    /// <summary>How long an ended exec can be asked for its exit code. moby 28: daemon/exec.go, execCommandGC.</summary>
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, ExecProcess> _execs = new(StringComparer.Ordinal);
    private long _lastSweep = time.GetTimestamp();

    /// <summary>For <c>ExecIDs</c> of inspect: created and running ones of a running container; null when there is none, as Docker shows it.</summary>
    public IReadOnlyList<string>? IdsOf(string containerId)
    {
        if (_execs.IsEmpty)
        {
            return null;
        }

        string[] ids = [.. _execs.Values.Where(exec => exec.Container.Id == containerId && exec.ExitCode is null && exec.Container.State.HasProcess).Select(exec => exec.Id).Order(StringComparer.Ordinal)];
        return ids.Length == 0 ? null : ids;
    }

    /// <summary>The container is removed, and with it all that can be asked of its execs.</summary>
    public void Forget(string containerId)
    {
        if (_execs.IsEmpty)
        {
            return;
        }

        foreach (ExecProcess exec in _execs.Values.Where(exec => exec.Container.Id == containerId))
        {
            _execs.TryRemove(exec.Id, out _);
        }
    }

    /// <exception cref="EngineException">NotFound.</exception>
    public ExecProcess Get(string id) => _execs.TryGetValue(id, out ExecProcess? exec) ? exec : throw StreamErrors.NoSuchExec(id);

    public void Add(ExecProcess exec)
    {
        Sweep();
        _execs[exec.Id] = exec;
    }

    /// <summary>Forgets those that ended long ago, and those never started whose container is no more; at most once in their time, so that making one stays cheap.</summary>
    private void Sweep()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref _lastSweep)) < KeptAfterEnd)
        {
            return;
        }

        Interlocked.Exchange(ref _lastSweep, time.GetTimestamp());
        DateTimeOffset limit = time.GetUtcNow() - KeptAfterEnd;
        foreach (ExecProcess exec in _execs.Values.Where(exec => exec.EndedAt < limit || (!exec.IsRunning && exec.CreatedAt < limit && !exec.Container.State.HasProcess)))
        {
            _execs.TryRemove(exec.Id, out _);
        }
    }
}
