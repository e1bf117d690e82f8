namespace Berth.Runtime;

/// <summary>A connection to a process's standard streams.</summary>
public interface IAttachment : IAsyncDisposable
{
    /// <summary>
    /// Reading gives output: raw bytes with a terminal, else pieces with the Engine API's 8-byte header; it ends when the process has exited
    /// and all was read. Writing gives input.
    /// </summary>
    Stream Stream { get; }

    /// <summary>No more input from here. The process sees end of file where it was asked to (<see cref="AttachRequest.CloseStdin"/>).</summary>
    void CompleteInput();
}
