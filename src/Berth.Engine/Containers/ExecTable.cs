using System.Collections.Concurrent;

namespace Berth.Engine.Containers;

/// <summary>The execs of all containers, by id, from their creation until some time after their end.</summary>
internal sealed class ExecTable(TimeProvider time)
{
    /// <summary>How long an ended exec can be asked for its exit code. moby 28: daemon/exec.go, execCommandGC.</summary>
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromMinutes(5);

    private readonly ConcurrentDictionary<string, ExecProcess> _execs = new(StringComparer.Ordinal);
    private long _lastSweep = time.GetTimestamp();

    /// <summary>For <c>ExecIDs</c> of inspect: created and running ones; null when there is none, as Docker shows it.</summary>
    public IReadOnlyList<string>? IdsOf(string containerId)
    {
        if (_execs.IsEmpty)
        {
            return null;
        }

        string[] ids = [.. _execs.Values.Where(exec => exec.Container.Id == containerId && exec.ExitCode is null).Select(exec => exec.Id).Order(StringComparer.Ordinal)];
        return ids.Length == 0 ? null : ids;
    }

    /// <summary>The container died or is removed: what ran in it is over.</summary>
    public void Forget(string containerId)
    {
        foreach (ExecProcess exec in _execs.Values.Where(exec => exec.Container.Id == containerId))
        {
            // one that runs ends by itself, with its container's processes, and is asked for its code then
            if (!exec.IsRunning)
            {
                _execs.TryRemove(exec.Id, out _);
            }
        }
    }

    /// <exception cref="EngineException">NotFound.</exception>
    public ExecProcess Get(string id) => _execs.TryGetValue(id, out ExecProcess? exec) ? exec : throw StreamErrors.NoSuchExec(id);

    public void Add(ExecProcess exec)
    {
        Sweep();
        _execs[exec.Id] = exec;
    }

    /// <summary>Forgets those that ended long ago; at most once in their time, so that making one stays cheap.</summary>
    private void Sweep()
    {
        if (time.GetElapsedTime(Interlocked.Read(ref _lastSweep)) < KeptAfterEnd)
        {
            return;
        }

        Interlocked.Exchange(ref _lastSweep, time.GetTimestamp());
        DateTimeOffset limit = time.GetUtcNow() - KeptAfterEnd;
        foreach (ExecProcess exec in _execs.Values.Where(exec => exec.EndedAt < limit))
        {
            _execs.TryRemove(exec.Id, out _);
        }
    }
}
