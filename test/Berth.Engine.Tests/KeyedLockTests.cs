namespace Berth.Engine.Tests;

public class KeyedLockTests
{
    private readonly KeyedLock _locks = new();

    [Fact]
    public async Task One_at_a_time_holds_a_key()
    {
        int inside = 0;
        int most = 0;

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using (await _locks.AcquireAsync("a", CancellationToken.None))
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                await Task.Yield();
                Interlocked.Decrement(ref inside);
            }
        }));

        Assert.Equal(1, most);
    }

    [Fact]
    public async Task Keys_do_not_wait_for_each_other()
    {
        using (await _locks.AcquireAsync("a", CancellationToken.None))
        {
            using KeyedLock.Holder other = await _locks.AcquireAsync("b", CancellationToken.None);
        }
    }

    [Fact]
    public async Task Who_gives_up_waiting_leaves_the_lock_to_others()
    {
        KeyedLock.Holder holder = await _locks.AcquireAsync("a", CancellationToken.None);
        using var client = new CancellationTokenSource();
        ValueTask<KeyedLock.Holder> waiting = _locks.AcquireAsync("a", client.Token);
        await client.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await waiting);

        holder.Dispose();

        using KeyedLock.Holder next = await _locks.AcquireAsync("a", new CancellationTokenSource(TimeSpan.FromSeconds(10)).Token);
    }
}
