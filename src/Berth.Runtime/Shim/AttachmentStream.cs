using System.Net.Sockets;
using Berth.Linux;

namespace Berth.Runtime.Shim;

/// <summary>A process's streams. The process's end is the end of reading; what is written after it goes nowhere, as Docker has it.</summary>
internal sealed class AttachmentStream(Socket socket) : NetworkStream(socket, ownsSocket: true)
{
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (IsPeerGone(exception))
        {
            return 0; // Input that the shim never read makes the kernel report a reset, behind all output.
        }
    }

    public override async Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        await ReadAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        try
        {
            await base.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException exception) when (IsPeerGone(exception))
        {
        }
    }

    public override async Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        await WriteAsync(buffer.AsMemory(offset, count), cancellationToken).ConfigureAwait(false);

    public void CompleteInput()
    {
        try
        {
            Socket.Shutdown(SocketShutdown.Send);
        }
        catch (SocketException)
        {
            // The process has ended and the shim with it: there is no input to be ended.
        }
    }

    private static bool IsPeerGone(IOException exception) =>
        exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted or SocketError.NotConnected }
            or SocketException { NativeErrorCode: Errno.EPIPE };
}

internal sealed class ShimAttachment(Socket socket) : IAttachment
{
    private readonly AttachmentStream _stream = new(socket);

    public Stream Stream => _stream;

    public void CompleteInput() => _stream.CompleteInput();

    public ValueTask DisposeAsync() => _stream.DisposeAsync();
}
