using Microsoft.Extensions.Logging.Abstractions;

namespace Berth.Engine.Tests;

public class UndoTests
{
    private readonly List<string> _undone = [];

    [Fact]
    public async Task Steps_are_undone_last_first_and_one_that_fails_hides_neither_the_others_nor_the_error()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            await using var undo = new Undo(NullLogger.Instance);
            undo.Push("one", () => _undone.Add("one"));
            undo.Push("two", () => throw new IOException("cannot"));
            undo.Push("three", () => _undone.Add("three"));
            throw new InvalidOperationException("the error");
        });

        Assert.Equal(["three", "one"], _undone);
    }

    [Fact]
    public async Task What_is_complete_is_not_undone()
    {
        await using (var undo = new Undo(NullLogger.Instance))
        {
            undo.Push("one", () => _undone.Add("one"));
            undo.Complete();
        }

        Assert.Empty(_undone);
    }
}
