namespace Berth.Cli;

/// <summary>The keys that leave a container running and return to the shell; found in what is typed.</summary>
/// <remarks>Source: moby/term, ascii.go (names of keys) and proxy.go (a part of the sequence is held back until it is known to be none).</remarks>
internal sealed class DetachKeys
{
    public const string Default = "ctrl-p,ctrl-q";

    private static readonly string[] s_controlCharacters =
    [
        "ctrl-@", "ctrl-a", "ctrl-b", "ctrl-c", "ctrl-d", "ctrl-e", "ctrl-f", "ctrl-g", "ctrl-h", "ctrl-i", "ctrl-j", "ctrl-k",
        "ctrl-l", "ctrl-m", "ctrl-n", "ctrl-o", "ctrl-p", "ctrl-q", "ctrl-r", "ctrl-s", "ctrl-t", "ctrl-u", "ctrl-v", "ctrl-w",
        "ctrl-x", "ctrl-y", "ctrl-z", "ctrl-[", "ctrl-\\", "ctrl-]", "ctrl-^", "ctrl-_",
    ];

    private readonly byte[] _keys;
    private int _matched;

    private DetachKeys(byte[] keys) => _keys = keys;

    /// <param name="text">Keys separated by commas: a letter, or <c>ctrl-</c> and a letter or one of <c>@[\]^_</c>; or DEL.</param>
    /// <exception cref="CommandException">A key is unknown.</exception>
    public static DetachKeys Parse(string text)
    {
        var keys = new List<byte>();
        foreach (string key in text.Split(','))
        {
            int control = Array.IndexOf(s_controlCharacters, key.ToLowerInvariant());
            if (key.Length == 1 && key[0] < 0x80)
            {
                keys.Add((byte)key[0]);
            }
            else if (control >= 0)
            {
                keys.Add((byte)control);
            }
            else if (key.Equals("del", StringComparison.OrdinalIgnoreCase))
            {
                keys.Add(127);
            }
            else
            {
                throw new CommandException($"invalid detach keys ({text}): unknown character: '{key}'");
            }
        }

        return new DetachKeys([.. keys]);
    }

    /// <summary>Takes what was typed and gives what is to be sent.</summary>
    /// <returns>True once the sequence is whole.</returns>
    public bool Filter(ReadOnlySpan<byte> typed, List<byte> toSend)
    {
        foreach (byte key in typed)
        {
            // What was held back turned out to be none of it, except perhaps its end.
            while (_matched > 0 && key != _keys[_matched])
            {
                int kept = LongestStartAtEnd(_matched);
                toSend.AddRange(_keys.AsSpan(0, _matched - kept));
                _matched = kept;
            }

            if (key != _keys[_matched])
            {
                toSend.Add(key);
            }
            else if (++_matched == _keys.Length)
            {
                _matched = 0;
                return true;
            }
        }

        return false;
    }

    // The longest proper start of the sequence that ends its first `length` keys.
    private int LongestStartAtEnd(int length)
    {
        for (int kept = length - 1; kept > 0; kept--)
        {
            if (_keys.AsSpan(length - kept, kept).SequenceEqual(_keys.AsSpan(0, kept)))
            {
                return kept;
            }
        }

        return 0;
    }
}
