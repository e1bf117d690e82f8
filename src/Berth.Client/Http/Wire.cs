namespace Berth.Client.Http;

/// <summary>An open connection to a daemon, whatever it goes over.</summary>
/// <param name="Stream">Both ways; disposing it closes the connection.</param>
/// <param name="CloseWrite">Says that no more will come from us; the other way stays open.</param>
/// <param name="Abandon">Ends both ways; a read that waits on another thread returns.</param>
internal sealed record Wire(Stream Stream, Action CloseWrite, Action Abandon);
