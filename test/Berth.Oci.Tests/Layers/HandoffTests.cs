using Berth.Oci.Layers;

namespace Berth.Oci.Tests.Layers;

public sealed class HandoffTests
{
    [Theory]
    [InlineData(2, 3)]
    [InlineData(3, 1)]
    [InlineData(8, 4096)]
    public async Task Bytes_arrive_in_order_whatever_the_buffers(int buffers, int bufferSize)
    {
        byte[] sent = new byte[50_000];
        new Random(3).NextBytes(sent);
        var handoff = new Handoff(buffers, bufferSize);
        Task writing = Task.Run(async () =>
        {
            for (int i = 0; i < sent.Length; i += 777)
            {
                await handoff.WriteAsync(sent.AsMemory(i, Math.Min(777, sent.Length - i)), CancellationToken.None);
            }

            handoff.Complete(null);
        });
        var received = new MemoryStream();
        await Task.Run(() => handoff.Reader.CopyTo(received, 100));
        await writing;
        Assert.Equal(sent, received.ToArray());
        Assert.Equal(0, handoff.Reader.Read(new byte[1]));
    }

    [Fact]
    public void The_writers_failure_is_read_after_what_it_wrote()
    {
        var handoff = new Handoff(4, 16);
        handoff.Write("abc"u8, CancellationToken.None);
        handoff.Complete(new InvalidDataException("cut"));
        byte[] buffer = new byte[10];
        Assert.Equal(3, handoff.Reader.Read(buffer));
        IOException e = Assert.Throws<IOException>(() => handoff.Reader.Read(buffer));
        Assert.IsType<InvalidDataException>(e.InnerException);
    }

    [Fact]
    public async Task A_reader_that_leaves_wakes_a_waiting_writer()
    {
        var handoff = new Handoff(2, 4);
        Task writing = Task.Run(() => handoff.Write(new byte[1000], CancellationToken.None));
        handoff.Abandon();
        await Assert.ThrowsAsync<Handoff.ReaderGoneException>(() => writing);
        Assert.Throws<Handoff.ReaderGoneException>(() => handoff.Write(new byte[1], CancellationToken.None));
    }

    [Fact]
    public async Task A_waiting_writer_can_be_cancelled()
    {
        var handoff = new Handoff(2, 4);
        using var cancellation = new CancellationTokenSource();
        Task writing = handoff.WriteAsync(new byte[100], cancellation.Token).AsTask();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
    }
}
