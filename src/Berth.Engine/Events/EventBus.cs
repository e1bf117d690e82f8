using Berth.Api;
using Berth.Api.Events;

namespace Berth.Engine.Events;

/// <summary>What happens, told to whoever listens. The last 256 events are kept for those who ask for the past, as moby does.</summary>
public sealed partial class EventBus
{
    internal EventBus(TimeProvider time) => _time = time;

    private readonly TimeProvider _time;

    /// <param name="type">The noun: <c>container</c>, <c>image</c>, <c>network</c>, <c>volume</c>.</param>
    internal void Publish(string type, string action, string id, IReadOnlyDictionary<string, string> attributes) =>
        throw new NotImplementedException($"{_time.GetUtcNow()} {type} {action} {id} {attributes.Count}");

    /// <summary>Past events since <paramref name="since"/>, then those to come until <paramref name="until"/> or cancellation.</summary>
    public IAsyncEnumerable<EventMessage> SubscribeAsync(Filters filters, DateTimeOffset? since, DateTimeOffset? until, CancellationToken ct) =>
        throw new NotImplementedException();
}
