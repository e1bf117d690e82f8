namespace Berth.Linux.Processes;

/// <summary>sigset_t of the C library: 1024 bits, of which the kernel uses 64.</summary>
internal unsafe struct SignalSet
{
    private fixed ulong _words[16];

    /// <summary>Every signal.</summary>
    public static SignalSet Full
    {
        get
        {
            SignalSet set = default;
            set._words[0] = ulong.MaxValue;
            return set;
        }
    }

    public void Add(int signal) => _words[0] |= 1UL << (signal - 1);

    public readonly bool Contains(int signal) => (_words[0] & (1UL << (signal - 1))) != 0;
}
