using System.Buffers;

namespace Berth.Engine.Containers;

/// <summary>The keys that let go of a container without ending it, such as <c>ctrl-p,ctrl-q</c>. moby/term: ascii.go, proxy.go.</summary>
internal sealed class DetachKeys
{
    private const string ControlPrefix = "ctrl-";
    private readonly byte[] _sequence;
    private int _matched;

    private DetachKeys(byte[] sequence) => _sequence = sequence;

    /// <param name="text">Keys with commas between: a character, <c>ctrl-</c> and one of <c>a</c>–<c>z @ [ \ ] ^ _</c>, or <c>DEL</c>. Null or empty is the default.</param>
    /// <exception cref="EngineException">InvalidParameter.</exception>
    public static DetachKeys Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new DetachKeys([16, 17]);
        }

        string[] keys = text.Split(',');
        byte[] sequence = new byte[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            sequence[i] = ParseKey(keys[i]) ?? throw new EngineException(ErrorKind.InvalidParameter, $"Invalid detach keys ({text}) provided");
        }

        return new DetachKeys(sequence);
    }

    /// <summary>Passes input on, but for what may yet become the sequence; that follows when it does not.</summary>
    /// <returns>Whether the sequence was typed: what comes after it is nobody's.</returns>
    public bool Filter(ReadOnlySpan<byte> input, IBufferWriter<byte> output)
    {
        foreach (byte key in input)
        {
            while (_matched > 0 && key != _sequence[_matched])
            {
                // what was held back begins no sequence after all, but a later part of it may
                output.Write(_sequence.AsSpan(0, Shift()));
            }

            if (key != _sequence[_matched])
            {
                output.Write([key]);
            }
            else if (++_matched == _sequence.Length)
            {
                _matched = 0;
                return true;
            }
        }

        return false;
    }

    /// <summary>Input has ended: hands out what was held back.</summary>
    public void Flush(IBufferWriter<byte> output)
    {
        output.Write(_sequence.AsSpan(0, _matched));
        _matched = 0;
    }

    /// <summary>Gives up the shortest start of what was matched such that the rest is a start of the sequence again.</summary>
    private int Shift()
    {
        int matched = _matched;
        for (int dropped = 1; dropped <= matched; dropped++)
        {
            if (_sequence.AsSpan(0, matched - dropped).SequenceEqual(_sequence.AsSpan(dropped, matched - dropped)))
            {
                _matched = matched - dropped;
                return dropped;
            }
        }

        return 0;
    }

    private static byte? ParseKey(string key)
    {
        if (key.Length == 1)
        {
            return char.IsAscii(key[0]) ? (byte)key[0] : null;
        }

        if (key is "DEL")
        {
            return 127;
        }

        if (key.Length != ControlPrefix.Length + 1 || !key.StartsWith(ControlPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        char letter = key[^1];
        return letter is >= 'a' and <= 'z' ? (byte)(letter - 'a' + 1)
            : letter is '@' ? (byte)0
            : letter is >= '[' and <= '_' ? (byte)(letter - '@')
            : null;
    }
}
