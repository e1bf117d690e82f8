using System.Runtime.InteropServices;
using Berth.Client;

namespace Berth.Cli.Containers;

/// <summary>Keeps the size of a container's terminal equal to ours until it is disposed.</summary>
internal sealed class WindowSize : IDisposable
{
    private readonly Action<int, int> _resize;
    private readonly Func<(int Rows, int Columns)?> _size;
    private PosixSignalRegistration? _registration;

    /// <param name="size">Of our terminal.</param>
    /// <param name="resize">Tells the daemon rows and columns.</param>
    public WindowSize(Func<(int Rows, int Columns)?> size, Action<int, int> resize)
    {
        _size = size;
        _resize = resize;
    }

    /// <param name="isKnown">The daemon already has the size: only changes are told.</param>
    public void Follow(bool isKnown)
    {
        _registration = PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => Tell());
        if (!isKnown)
        {
            Tell();
        }
    }

    private void Tell()
    {
        if (_size() is not { Rows: > 0, Columns: > 0 } size)
        {
            return;
        }

        try
        {
            _resize(size.Rows, size.Columns);
        }
        catch (Exception e) when (e is ApiException or DaemonUnreachableException or IOException)
        {
            // The process may not be there yet or any more; the next change tells again.
        }
    }

    public void Dispose() => _registration?.Dispose();
}
