using Berth.Linux;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>Keeps the disk at work while a layer is unpacked, so that little is left to wait for when it is made durable.</summary>
/// <remarks>Left alone, the kernel writes back after 30 s or at a tenth of the memory: all of a layer would be waited for at its end.</remarks>
internal sealed class WriteBack(SafeFileHandle onFileSystem) : IDisposable
{
    private const long Step = 64 << 20;

    private Task _running = Task.CompletedTask;
    private long _unwritten;

    public void Wrote(long bytes)
    {
        _unwritten += bytes;
        if (_unwritten >= Step && _running.IsCompleted)
        {
            _unwritten = 0;
            _running = Task.Run(Synchronize);
        }
    }

    public void Dispose() => _running.Wait();

    private void Synchronize()
    {
        try
        {
            FileCalls.SynchronizeFileSystem(onFileSystem);
        }
        catch (LinuxException)
        {
            // only a beginning: the layer's own synchronisation meets the same error, and reports it
        }
    }
}
