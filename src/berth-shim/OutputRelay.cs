using System.Buffers.Binary;
using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Runtime.Output;

namespace Berth.Shim;

/// <summary>
/// Brings one process's output into the log and to every attachment. Where one of them does not keep up, nothing more is read, so that the
/// process waits: bytes are neither dropped nor heaped up.
/// </summary>
internal sealed class OutputRelay(EventLoop loop, bool terminal, JsonFileLog? log)
{
    private readonly List<AttachConnection> _attachments = [];
    private readonly List<OutputSource> _sources = [];
    private bool _hasBegun;
    private bool _ended;

    /// <summary>Called when every stream has come to its end.</summary>
    public Action? AllRead { get; set; }

    private bool IsBlocked
    {
        get
        {
            foreach (AttachConnection attachment in _attachments)
            {
                if (attachment.HasPendingOutput)
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Begins to read a stream; owns the descriptor from here on.</summary>
    public void Open(OutputStream stream, Descriptor descriptor)
    {
        DescriptorCalls.SetNonBlocking(descriptor);
        var source = new OutputSource(this, stream, descriptor);
        _sources.Add(source);
        loop.Add(source);
    }

    public void Attach(AttachConnection attachment)
    {
        if (_ended)
        {
            attachment.EndOutput();
        }
        else
        {
            _attachments.Add(attachment);
        }
    }

    public void Detach(AttachConnection attachment) => _attachments.Remove(attachment);

    /// <summary>Reads all that there is now, whether or not attachments keep up: what waits for them is at most what pipes hold.</summary>
    /// <returns>Whether every stream came to its end.</returns>
    public bool Drain()
    {
        for (int i = _sources.Count - 1; i >= 0; i--)
        {
            OutputSource source = _sources[i];
            while (source.ReadPiece())
            {
            }
        }

        return _sources.Count == 0;
    }

    /// <summary>No more output: closes what is still open and ends attachments when they have all of it.</summary>
    public void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        AllRead = null;
        foreach (OutputSource source in _sources.ToArray())
        {
            source.Close();
        }

        foreach (AttachConnection attachment in _attachments.ToArray())
        {
            attachment.EndOutput();
        }

        _attachments.Clear();
    }

    private void Deliver(OutputStream stream, int length)
    {
        if (!_hasBegun)
        {
            _hasBegun = true;
            Span<byte> first = PumpBuffer.Whole[PumpBuffer.HeaderLength..];
            length = ExecFailure.Translate(first[..length]) is { } sentence ? Encoding.UTF8.GetBytes(sentence, first) : length;
        }

        Span<byte> whole = PumpBuffer.Whole[..(PumpBuffer.HeaderLength + length)];
        log?.Write(stream, whole[PumpBuffer.HeaderLength..]);
        if (_attachments.Count == 0)
        {
            return;
        }

        BinaryPrimitives.WriteUInt32BigEndian(whole, (uint)stream << 24);
        BinaryPrimitives.WriteUInt32BigEndian(whole[4..], (uint)length);
        ReadOnlySpan<byte> piece = terminal ? whole[PumpBuffer.HeaderLength..] : whole;

        // Backwards: one that is gone takes itself off the list.
        for (int i = _attachments.Count - 1; i >= 0; i--)
        {
            _attachments[i].SendOutput(stream, piece);
        }
    }

    private void OnEnd(OutputSource source)
    {
        _sources.Remove(source);
        log?.End(source.Stream);
        if (_sources.Count == 0 && !_ended)
        {
            AllRead?.Invoke();
        }
    }

    private sealed class OutputSource(OutputRelay relay, OutputStream stream, Descriptor descriptor) : Source(descriptor)
    {
        public OutputStream Stream => stream;

        public override short Wanted => relay.IsBlocked ? NotWatched : Poll.POLLIN;

        public override void OnReady(short returned)
        {
            // A former source of this round may have filled an attachment.
            if (!relay.IsBlocked)
            {
                ReadPiece();
            }
        }

        /// <returns>Whether there was something; false at the end (the source is closed then) or where nothing is there now.</returns>
        public bool ReadPiece()
        {
            int count = DescriptorCalls.Read(Descriptor, PumpBuffer.Whole[PumpBuffer.HeaderLength..]);
            if (count > 0)
            {
                relay.Deliver(stream, count);
                return true;
            }

            if (count != -Errno.EAGAIN)
            {
                Close(); // 0: all writers are gone; EIO: nobody has the terminal open any more.
            }

            return false;
        }

        protected override void OnClosed() => relay.OnEnd(this);
    }
}
