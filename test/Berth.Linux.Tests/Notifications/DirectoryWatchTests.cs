using Berth.Linux.Notifications;
using Berth.TestHost;

namespace Berth.Linux.Tests.Notifications;

public sealed class DirectoryWatchTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public async Task Every_watch_of_a_directory_is_told_and_one_that_ends_leaves_the_others_alone()
    {
        using var first = new DirectoryWatch(_scratch.Path);
        var second = new DirectoryWatch(_scratch.Path);
        await File.WriteAllTextAsync(_scratch.File("a"), "x");
        await first.ChangedAsync(CancellationToken.None).WaitAsync(Patience);
        await second.ChangedAsync(CancellationToken.None).WaitAsync(Patience);
        second.Dispose();
        second.Dispose();
        File.Move(_scratch.File("a"), _scratch.File("b"));
        await first.ChangedAsync(CancellationToken.None).WaitAsync(Patience);
    }

    [Fact]
    public async Task A_change_before_the_question_is_not_lost()
    {
        using var watch = new DirectoryWatch(_scratch.Path);
        await File.WriteAllTextAsync(_scratch.File("a"), "x");
        await watch.ChangedAsync(CancellationToken.None).WaitAsync(Patience);
    }

    [Fact]
    public async Task Without_a_change_it_waits_until_it_is_called_off()
    {
        using var watch = new DirectoryWatch(_scratch.Path);
        using var cancellation = new CancellationTokenSource();
        Task changed = watch.ChangedAsync(cancellation.Token);
        Assert.False(changed.IsCompleted);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => changed.WaitAsync(Patience));
    }

    [Fact]
    public void A_directory_that_is_not_there_is_an_error() =>
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => new DirectoryWatch(_scratch.File("nowhere"))).Errno);

    [Fact]
    public void A_directory_that_goes_takes_its_watch_along()
    {
        string directory = Directory.CreateDirectory(_scratch.File("d")).FullName;
        using var watch = new DirectoryWatch(directory);
        Directory.Delete(directory);
    }
}
