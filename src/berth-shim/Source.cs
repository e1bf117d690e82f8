using Berth.Linux.Descriptors;

namespace Berth.Shim;

/// <summary>A descriptor that the loop waits on, and what is done when it is ready.</summary>
internal abstract class Source(Descriptor descriptor)
{
    /// <summary>For <see cref="Wanted"/>: not even errors and hang-ups are asked for.</summary>
    public const short NotWatched = -1;

    public Descriptor Descriptor { get; } = descriptor;

    public bool Closed { get; private set; }

    /// <summary>poll events to wait for now; 0 waits for errors and hang-ups only.</summary>
    public abstract short Wanted { get; }

    public abstract void OnReady(short returned);

    /// <summary>Leaves the loop and closes the descriptor.</summary>
    public void Close()
    {
        if (!Closed)
        {
            Closed = true;
            Descriptor.Dispose();
            OnClosed();
        }
    }

    protected virtual void OnClosed()
    {
    }
}
