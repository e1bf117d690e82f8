using Berth.Api;
using Berth.Api.Events;
using Berth.Engine.Events;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Engine.Tests.Events;

public class EventBusTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Nothing = [];

    private readonly FakeTimeProvider _time = new(Start);
    private readonly EventBus _bus;

    public EventBusTests() => _bus = new EventBus(_time);

    [Fact]
    public async Task A_listener_hears_what_comes_after_it_began_to_listen()
    {
        _bus.Publish("container", "before", "c1", Nothing);
        IAsyncEnumerable<EventMessage> listener = _bus.SubscribeAsync(Filters.None, null, null, TestContext.Current.CancellationToken);
        _bus.Publish("container", "start", "c1", new Dictionary<string, string> { ["name"] = "web" });

        EventMessage heard = await FirstAsync(listener);

        Assert.Equal(("container", "start", "c1", "local"), (heard.Type, heard.Action, heard.Actor!.ID, heard.Scope));
        Assert.Equal("web", heard.Actor.Attributes!["name"]);
        Assert.Equal((Start.ToUnixTimeSeconds(), Start.ToUnixTimeSeconds() * 1_000_000_000), (heard.Time, heard.TimeNano));
    }

    [Fact]
    public async Task The_past_is_told_in_order_before_what_is_to_come()
    {
        PublishEverySecond("one", "two", "three");
        using var client = new CancellationTokenSource();
        IAsyncEnumerable<EventMessage> listener = _bus.SubscribeAsync(Filters.None, Start.AddSeconds(1), null, client.Token);
        _bus.Publish("container", "four", "c1", Nothing);

        Assert.Equal(["two", "three", "four"], await TakeAsync(listener, 3));
    }

    [Fact]
    public async Task An_until_in_the_past_ends_after_the_past()
    {
        PublishEverySecond("one", "two", "three");

        Assert.Equal(["one", "two"], await AllAsync(_bus.SubscribeAsync(Filters.None, null, Start.AddSeconds(1), TestContext.Current.CancellationToken)));
        Assert.Equal(0, _bus.ListenerCount);
    }

    [Fact]
    public async Task An_until_to_come_ends_the_stream_when_it_has_come()
    {
        IAsyncEnumerable<EventMessage> listener = _bus.SubscribeAsync(Filters.None, null, Start.AddSeconds(5), TestContext.Current.CancellationToken);
        Task<List<string>> all = AllAsync(listener);
        _bus.Publish("container", "one", "c1", Nothing);
        _time.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["one"], await all);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_its_stream_and_is_forgotten()
    {
        using var client = new CancellationTokenSource();
        Task<List<string>> all = AllAsync(_bus.SubscribeAsync(Filters.None, null, null, client.Token));
        Assert.Equal(1, _bus.ListenerCount);

        await client.CancelAsync();

        Assert.Empty(await all);
        Assert.Equal(0, _bus.ListenerCount);
    }

    [Fact]
    public async Task The_last_256_events_are_kept()
    {
        for (int i = 0; i < 300; i++)
        {
            _bus.Publish("container", $"e{i}", "c1", Nothing);
        }

        List<string> past = await AllAsync(_bus.SubscribeAsync(Filters.None, Start.AddHours(-1), Start, TestContext.Current.CancellationToken));

        Assert.Equal(256, past.Count);
        Assert.Equal(("e44", "e299"), (past[0], past[^1]));
    }

    [Fact]
    public async Task A_listener_that_does_not_read_neither_blocks_nor_grows()
    {
        IAsyncEnumerable<EventMessage> lazy = _bus.SubscribeAsync(Filters.None, null, Start.AddSeconds(1), TestContext.Current.CancellationToken);
        for (int i = 0; i < 5000; i++)
        {
            _bus.Publish("container", $"e{i}", "c1", Nothing);
        }

        Task<List<string>> all = AllAsync(lazy);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(1024, (await all).Count);
    }

    private void PublishEverySecond(params string[] actions)
    {
        foreach (string action in actions)
        {
            _bus.Publish("container", action, "c1", Nothing);
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static async Task<EventMessage> FirstAsync(IAsyncEnumerable<EventMessage> events)
    {
        await foreach (EventMessage message in events)
        {
            return message;
        }

        throw new InvalidOperationException("no event came");
    }

    private static async Task<List<string>> TakeAsync(IAsyncEnumerable<EventMessage> events, int count)
    {
        var actions = new List<string>();
        await foreach (EventMessage message in events)
        {
            actions.Add(message.Action!);
            if (actions.Count == count)
            {
                break;
            }
        }

        return actions;
    }

    private static async Task<List<string>> AllAsync(IAsyncEnumerable<EventMessage> events)
    {
        var actions = new List<string>();
        await foreach (EventMessage message in events)
        {
            actions.Add(message.Action!);
        }

        return actions;
    }
}
