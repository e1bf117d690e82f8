using System.IO.Pipelines;

namespace Berth.Engine.Containers;

/// <summary>A client's side of a process's streams, checked and ready: what attach and exec have in common.</summary>
public abstract class StreamSession : IAsyncDisposable
{
    /// <summary>Raw bytes with a terminal; else multiplexed.</summary>
    public abstract bool Terminal { get; }

    /// <summary>Pumps until the process ends its output, the client leaves, or the detach keys are typed.</summary>
    /// <param name="connection">The hijacked connection. The end of its input is the end of stdin, no more.</param>
    public abstract Task RunAsync(IDuplexPipe connection, CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
