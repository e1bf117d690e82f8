using System.Text;
using Berth.Runtime.Output;
using Berth.TestHost;

namespace Berth.Runtime.Tests.Output;

public sealed class LogReaderTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ScratchDirectory _scratch = new();

    private string LogPath => _scratch.File("c-json.log");

    public void Dispose() => _scratch.Dispose();

    internal static List<(OutputStream Stream, LogTime Time, string Line, string Attributes)> ReadAll(string path, LogQuery query) =>
        new LogReader(path).ReadAsync(query, CancellationToken.None)
            .Select(entry => (entry.Stream, entry.Time, Encoding.UTF8.GetString(entry.Line.Span), Encoding.UTF8.GetString(entry.Attributes.Span)))
            .ToBlockingEnumerable().ToList();

    [Fact]
    public void A_log_that_is_not_there_is_empty() => Assert.Empty(ReadAll(LogPath, new LogQuery()));

    [Fact]
    public void Everything_of_an_entry_is_read()
    {
        File.WriteAllText(
            LogPath,
            "{\"log\":\"gr\\u00fc\\u003ce\\n\",\"stream\":\"stderr\",\"attrs\":{\"a\":{\"b\":\"c\"}},\"time\":\"2026-11-24T04:00:00.123456789Z\"}\n");
        (OutputStream stream, LogTime time, string line, string attributes) = Assert.Single(ReadAll(LogPath, new LogQuery()));
        Assert.Equal(OutputStream.Stderr, stream);
        Assert.Equal("2026-11-24T04:00:00.123456789Z", time.ToString());
        Assert.Equal("grü<e\n", line);
        Assert.Equal("{\"a\":{\"b\":\"c\"}}", attributes);
    }

    [Fact]
    public void Lines_that_are_damaged_are_passed_over()
    {
        File.WriteAllText(LogPath, $"garbage\n{Entry(1)}{{\"log\":\"x\"}}\n\0\0\0\n[]\n{Entry(2)}{Entry(3)[..20]}");
        Assert.Equal(["line 1\n", "line 2\n"], Lines(new LogQuery()));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(3, 3)]
    [InlineData(4, 4)]
    [InlineData(7, 7)]
    [InlineData(8, 8)]
    [InlineData(100, 9)]
    public void The_tail_is_counted_across_files(int tail, int expected)
    {
        File.WriteAllText(LogPath + ".2", Entry(0) + Entry(1));
        File.WriteAllText(LogPath + ".1", Entry(2) + Entry(3) + Entry(4) + Entry(5));
        File.WriteAllText(LogPath, Entry(6) + Entry(7) + Entry(8));
        Assert.Equal(Enumerable.Range(9 - expected, expected).Select(i => $"line {i}\n"), Lines(new LogQuery { Tail = tail }));
    }

    [Fact]
    public void The_tail_of_a_large_file_is_found_over_many_blocks()
    {
        File.WriteAllText(LogPath, string.Concat(Enumerable.Range(0, 10_000).Select(i => Entry(i))));
        Assert.Equal(Enumerable.Range(5_000, 5_000).Select(i => $"line {i}\n"), Lines(new LogQuery { Tail = 5_000 }));
    }

    [Fact]
    public void Since_and_until_include_their_own_moment()
    {
        File.WriteAllText(LogPath, string.Concat(Enumerable.Range(0, 10).Select(i => Entry(i))));
        DateTimeOffset start = new(2026, 11, 24, 4, 0, 0, TimeSpan.Zero);
        Assert.Equal(
            ["line 3\n", "line 4\n", "line 5\n"],
            Lines(new LogQuery { Since = start.AddSeconds(3), Until = start.AddSeconds(5) }));
        Assert.Empty(Lines(new LogQuery { Since = start.AddSeconds(10) }));
    }

    [Fact]
    public async Task A_follower_gets_what_is_written_later_and_ends_with_the_container()
    {
        using JsonFileLog log = new(LogPath, -1, 1, "");
        log.Write(OutputStream.Stdout, "first\n"u8);
        var stopped = new TaskCompletionSource();
        await using IAsyncEnumerator<LogEntry> reader = Follow(stopped.Task);
        Assert.Equal("first\n", await NextAsync(reader));
        ValueTask<bool> next = reader.MoveNextAsync();
        Assert.False(next.IsCompleted);
        log.Write(OutputStream.Stdout, "second\n"u8);
        Assert.True(await next.AsTask().WaitAsync(Patience));
        Assert.Equal("second\n", Encoding.UTF8.GetString(reader.Current.Line.Span));
        log.Write(OutputStream.Stdout, "last"u8);
        log.End(OutputStream.Stdout);
        stopped.SetResult();
        Assert.Equal("last", await NextAsync(reader));
        Assert.False(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    public async Task A_follower_that_keeps_up_misses_nothing_across_rotations(int maxFiles)
    {
        using JsonFileLog log = new(LogPath, 500, maxFiles, "");
        var stopped = new TaskCompletionSource();
        await using IAsyncEnumerator<LogEntry> reader = Follow(stopped.Task);
        for (int i = 0; i < 200; i++)
        {
            log.Write(OutputStream.Stdout, Encoding.ASCII.GetBytes($"line {i}\n"));
            Assert.Equal($"line {i}\n", await NextAsync(reader));
        }

        stopped.SetResult();
        Assert.False(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_follower_that_fell_behind_by_several_files_reads_them_all()
    {
        using JsonFileLog log = new(LogPath, 500, 10, "");
        log.Write(OutputStream.Stdout, "line 0\n"u8);
        var stopped = new TaskCompletionSource();
        await using IAsyncEnumerator<LogEntry> reader = Follow(stopped.Task);
        Assert.Equal("line 0\n", await NextAsync(reader));
        for (int i = 1; i < 40; i++)
        {
            log.Write(OutputStream.Stdout, Encoding.ASCII.GetBytes($"line {i}\n"));
        }

        stopped.SetResult();
        for (int i = 1; i < 40; i++)
        {
            Assert.Equal($"line {i}\n", await NextAsync(reader));
        }

        Assert.False(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task A_follower_of_a_log_that_does_not_exist_yet_waits_for_it()
    {
        var stopped = new TaskCompletionSource();
        await using IAsyncEnumerator<LogEntry> reader = Follow(stopped.Task);
        ValueTask<bool> next = reader.MoveNextAsync();
        Assert.False(next.IsCompleted);
        using JsonFileLog log = new(LogPath, -1, 1, "");
        log.Write(OutputStream.Stdout, "born\n"u8);
        Assert.True(await next.AsTask().WaitAsync(Patience));
        Assert.Equal("born\n", Encoding.UTF8.GetString(reader.Current.Line.Span));
    }

    [Fact]
    public async Task A_follower_can_be_called_off()
    {
        File.WriteAllText(LogPath, "");
        using var cancellation = new CancellationTokenSource();
        await using IAsyncEnumerator<LogEntry> reader =
            new LogReader(LogPath).ReadAsync(new LogQuery { FollowUntil = new TaskCompletionSource().Task }, cancellation.Token).GetAsyncEnumerator();
        Task<bool> next = reader.MoveNextAsync().AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => next.WaitAsync(Patience));
    }

    private static string Entry(int i) => $"{{\"log\":\"line {i}\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-24T{4 + (i / 3600):00}:{i / 60 % 60:00}:{i % 60:00}Z\"}}\n";

    private static async Task<string> NextAsync(IAsyncEnumerator<LogEntry> reader)
    {
        Assert.True(await reader.MoveNextAsync().AsTask().WaitAsync(Patience));
        return Encoding.UTF8.GetString(reader.Current.Line.Span);
    }

    private IEnumerable<string> Lines(LogQuery query) => ReadAll(LogPath, query).Select(entry => entry.Line);

    private IAsyncEnumerator<LogEntry> Follow(Task until) =>
        new LogReader(LogPath).ReadAsync(new LogQuery { FollowUntil = until }, CancellationToken.None).GetAsyncEnumerator();
}
