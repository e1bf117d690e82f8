namespace Berth.Cli;

/// <summary>Standard input as a stream to be sent.</summary>
internal sealed class TerminalStream : Stream
{
    private readonly Terminal _terminal;

    public TerminalStream(Terminal terminal) => _terminal = terminal;

    public override int Read(Span<byte> buffer) => _terminal.Read(buffer);

    public override int Read(byte[] buffer, int offset, int count) => _terminal.Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
