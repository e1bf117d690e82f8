using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Berth.Api;
using Berth.Api.Events;

namespace Berth.Engine.Events;

/// <summary>What happens, told to whoever listens. The last 256 events are kept for those who ask for the past, as moby does.</summary>
/// <remarks>A listener that lags 1024 events behind loses the newest: an event never makes the daemon wait. moby 28: daemon/events/events.go.</remarks>
public sealed class EventBus
{
    private const int Kept = 256;
    private const int Buffered = 1024;

    private readonly Lock _lock = new();
    private readonly Queue<EventMessage> _past = new(Kept);
    private readonly List<Subscription> _subscriptions = [];
    private readonly TimeProvider _time;

    internal EventBus(TimeProvider time) => _time = time;

    /// <summary>Listeners at this moment, as <c>docker info</c> counts them.</summary>
    public int ListenerCount
    {
        get
        {
            lock (_lock)
            {
                return _subscriptions.Count;
            }
        }
    }

    /// <param name="type">The noun: <c>container</c>, <c>image</c>, <c>network</c>, <c>volume</c>.</param>
    internal void Publish(string type, string action, string id, IReadOnlyDictionary<string, string> attributes)
    {
        DateTimeOffset now = _time.GetUtcNow();
        var message = new EventMessage
        {
            Type = type,
            Action = action,
            Actor = new EventActor { ID = id, Attributes = attributes },
            Scope = "local",
            Time = now.ToUnixTimeSeconds(),
            TimeNano = Nanoseconds(now),
        };
        lock (_lock)
        {
            if (_past.Count == Kept)
            {
                _past.Dequeue();
            }

            _past.Enqueue(message);
            foreach (Subscription subscription in _subscriptions)
            {
                if (subscription.Filter.Includes(message))
                {
                    subscription.Channel.Writer.TryWrite(message);
                }
            }
        }
    }

    /// <summary>
    /// Past events since <paramref name="since"/>, then those to come until <paramref name="until"/> or cancellation. Listening begins at the
    /// call, not at the first read. The past is told only to who asks for it, by either time.
    /// </summary>
    public IAsyncEnumerable<EventMessage> SubscribeAsync(Filters filters, DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct)
    {
        var filter = new EventFilter(filters);
        var subscription = new Subscription(filter);
        List<EventMessage> past;
        lock (_lock)
        {
            past = since is null && until is null ? [] : [.. _past.Where(m => IsWithin(m, since, until) && filter.Includes(m))];
            _subscriptions.Add(subscription);
        }

        return until <= _time.GetUtcNow() ? OnlyPastAsync(past, subscription) : ReadAsync(past, subscription, until, ct);
    }

    internal static long Nanoseconds(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) * 100;

    private static bool IsWithin(EventMessage message, DateTimeOffset? since, DateTimeOffset? until) =>
        (since is null || message.TimeNano >= Nanoseconds(since.Value)) && (until is null || message.TimeNano <= Nanoseconds(until.Value));

    private async IAsyncEnumerable<EventMessage> OnlyPastAsync(List<EventMessage> past, Subscription subscription)
    {
        Unsubscribe(subscription);
        foreach (EventMessage message in past)
        {
            yield return message;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }

    private async IAsyncEnumerable<EventMessage> ReadAsync(
        List<EventMessage> past, Subscription subscription, DateTimeOffset? until, CancellationToken caller, [EnumeratorCancellation] CancellationToken ct = default)
    {
        using CancellationTokenRegistration left = caller.Register(() => Unsubscribe(subscription));
        using CancellationTokenRegistration leftToo = ct.Register(() => Unsubscribe(subscription));
        using ITimer? deadline = until is null
            ? null
            : _time.CreateTimer(_ => Unsubscribe(subscription), null, until.Value - _time.GetUtcNow(), Timeout.InfiniteTimeSpan);
        try
        {
            foreach (EventMessage message in past)
            {
                yield return message;
            }

            // An ended channel, not an exception, ends the stream: the client left, or its time is over.
            while (await subscription.Channel.Reader.WaitToReadAsync(CancellationToken.None).ConfigureAwait(false))
            {
                while (subscription.Channel.Reader.TryRead(out EventMessage? message))
                {
                    yield return message;
                }
            }
        }
        finally
        {
            Unsubscribe(subscription);
        }
    }

    private void Unsubscribe(Subscription subscription)
    {
        lock (_lock)
        {
            _subscriptions.Remove(subscription);
        }

        subscription.Channel.Writer.TryComplete();
    }

    private sealed class Subscription(EventFilter filter)
    {
        public EventFilter Filter { get; } = filter;

        public Channel<EventMessage> Channel { get; } = System.Threading.Channels.Channel.CreateBounded<EventMessage>(
            new BoundedChannelOptions(Buffered) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });
    }
}
