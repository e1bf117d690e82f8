using System.Buffers.Binary;
using System.Text;

namespace Berth.Runtime.Tests.Shim;

internal static class Streams
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public static async Task<TaskExit> ExitAsync(this IContainerTask task) => await task.Exited.WaitAsync(Patience);

    public static async Task<TaskExit> ExitAsync(this IExecTask task) => await task.Exited.WaitAsync(Patience);

    public static async Task WriteAsync(this IAttachment attachment, string text) =>
        await attachment.Stream.WriteAsync(Encoding.UTF8.GetBytes(text), CancellationToken.None);

    /// <summary>Everything to the end.</summary>
    public static async Task<byte[]> ReadAllAsync(this IAttachment attachment)
    {
        using var all = new MemoryStream();
        await attachment.Stream.CopyToAsync(all).WaitAsync(Patience);
        return all.ToArray();
    }

    public static async Task<(string Stdout, string Stderr)> ReadFramesAsync(this IAttachment attachment) => Split(await attachment.ReadAllAsync());

    /// <summary>Reads a terminal's output until it contains the text.</summary>
    public static async Task<string> ReadUntilAsync(this IAttachment attachment, string text)
    {
        var seen = new StringBuilder();
        var buffer = new byte[4096];
        while (!seen.ToString().Contains(text, StringComparison.Ordinal))
        {
            int count = await attachment.Stream.ReadAsync(buffer).AsTask().WaitAsync(Patience);
            Assert.True(count > 0, $"the stream ended after: {seen}");
            seen.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }

        return seen.ToString();
    }

    /// <summary>Takes multiplexed output apart; fails where a header is wrong or a piece is cut.</summary>
    public static (string Stdout, string Stderr) Split(ReadOnlySpan<byte> frames)
    {
        StringBuilder stdout = new(), stderr = new();
        while (!frames.IsEmpty)
        {
            Assert.True(frames.Length >= 8, "a header is cut");
            Assert.True(frames[0] is 1 or 2, $"stream {frames[0]}");
            Assert.Equal([0, 0, 0], frames[1..4].ToArray());
            int length = (int)BinaryPrimitives.ReadUInt32BigEndian(frames[4..]);
            (frames[0] == 1 ? stdout : stderr).Append(Encoding.UTF8.GetString(frames.Slice(8, length)));
            frames = frames[(8 + length)..];
        }

        return (stdout.ToString(), stderr.ToString());
    }
}
