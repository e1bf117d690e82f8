using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Daemon.Tests;

public sealed class IdleMemoryTests
{
    private readonly FakeTimeProvider _time = new();
    private int _releases;

    [Fact]
    public async Task Memory_is_given_back_twice_after_the_last_request_and_then_never_again()
    {
        using var idle = new IdleMemory(_time, () => _releases++);
        for (int i = 0; i < 3; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await idle.OnRequestAsync(new DefaultHttpContext(), _ => Task.CompletedTask);
        }

        Assert.Equal(0, _releases);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(1, _releases);
        _time.Advance(TimeSpan.FromSeconds(69));
        Assert.Equal(1, _releases);
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _releases);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(2, _releases);
    }

    [Fact]
    public async Task A_request_begins_it_anew()
    {
        using var idle = new IdleMemory(_time, () => _releases++);
        _time.Advance(TimeSpan.FromSeconds(2));
        await idle.OnRequestAsync(new DefaultHttpContext(), _ => Task.CompletedTask);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(2, _releases);
        _time.Advance(TimeSpan.FromSeconds(70));
        Assert.Equal(3, _releases);
    }
}
