using System.Runtime.InteropServices;
using Berth.Linux.Descriptors;

namespace Berth.Shim;

/// <summary>The shim's only thread: waits, and calls whoever is ready. Nothing here allocates while nothing changes.</summary>
internal sealed class EventLoop
{
    private readonly List<Source> _sources = [];
    private readonly List<(long AtMilliseconds, Action Action)> _deadlines = [];
    private PollEntry[] _entries = new PollEntry[8];
    private Source[] _polled = new Source[8];

    public void Add(Source source) => _sources.Add(source);

    /// <summary>Whether anything is open beside this one.</summary>
    public bool HasOtherThan(Source source) => _sources.Exists(other => !other.Closed && other != source);

    /// <summary>Calls the action after the time has gone by.</summary>
    public void After(TimeSpan delay, Action action) =>
        _deadlines.Add((Environment.TickCount64 + (long)delay.TotalMilliseconds, action));

    /// <summary>Runs until the condition holds after a round.</summary>
    public void RunUntil(Func<bool> done)
    {
        while (!done())
        {
            int count = Collect();
            if (Poll.Wait(_entries.AsSpan(0, count), Timeout()) > 0)
            {
                Dispatch(count);
            }

            RunDeadlines();
        }
    }

    private int Collect()
    {
        _sources.RemoveAll(static source => source.Closed);
        if (_entries.Length < _sources.Count)
        {
            Array.Resize(ref _entries, _sources.Count * 2);
            Array.Resize(ref _polled, _sources.Count * 2);
        }

        Span<Source> sources = CollectionsMarshal.AsSpan(_sources);
        for (int i = 0; i < sources.Length; i++)
        {
            short wanted = sources[i].Wanted;
            _polled[i] = sources[i];
            _entries[i] = wanted == Source.NotWatched
                ? new PollEntry { Number = -1 }
                : new PollEntry { Number = sources[i].Descriptor.Number, Events = wanted };
        }

        Array.Clear(_polled, sources.Length, _polled.Length - sources.Length);
        return sources.Length;
    }

    private void Dispatch(int count)
    {
        for (int i = 0; i < count; i++)
        {
            // An earlier one of this round may have closed it; its number may even be another's by now.
            if (_entries[i].Returned != 0 && !_polled[i].Closed)
            {
                _polled[i].OnReady(_entries[i].Returned);
            }
        }
    }

    private int Timeout()
    {
        if (_deadlines.Count == 0)
        {
            return -1;
        }

        long first = _deadlines.Min(static deadline => deadline.AtMilliseconds);
        return (int)Math.Clamp(first - Environment.TickCount64, 0, int.MaxValue);
    }

    private void RunDeadlines()
    {
        long now = Environment.TickCount64;
        for (int i = _deadlines.Count - 1; i >= 0; i--)
        {
            if (_deadlines[i].AtMilliseconds <= now)
            {
                Action action = _deadlines[i].Action;
                _deadlines.RemoveAt(i);
                action();
            }
        }
    }
}
