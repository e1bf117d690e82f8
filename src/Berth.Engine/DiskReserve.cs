using Microsoft.Extensions.Logging;

namespace Berth.Engine;

/// <summary>Space that is held back on the data root's disk, so that when it is full, what gives space back can still be written down.</summary>
/// <remarks>It is given up while a daemon starts, too: some of its first steps need a block each.</remarks>
internal sealed partial class DiskReserve(string path, ILogger<DiskReserve> logger)
{
    /// <summary>Some hundred removals.</summary>
    private const long SizeBytes = 1 << 20;

    private readonly Lock _lock = new();
    private bool _isHeld = File.Exists(path);
    private bool _isMissed;
    private bool _isToldOf;

    /// <summary>Holds it, where there is space for it.</summary>
    public void Take()
    {
        lock (_lock)
        {
            if (_isHeld)
            {
                return;
            }

            try
            {
                using var file = new FileStream(path, new FileStreamOptions
                {
                    Mode = FileMode.CreateNew,
                    Access = FileAccess.Write,
                    BufferSize = 0,
                    PreallocationSize = SizeBytes,
                });
                _isHeld = true;
                _isToldOf = false;
            }
            catch (IOException e)
            {
                if (!_isToldOf)
                {
                    LogNotHeld(logger, e);
                    _isToldOf = true;
                }
            }
        }
    }

    /// <returns>Whether there was anything to give up.</returns>
    public bool GiveUp()
    {
        lock (_lock)
        {
            if (!_isHeld)
            {
                return false;
            }

            File.Delete(path);
            _isHeld = false;
            _isMissed = true;
            return true;
        }
    }

    /// <summary>As <see cref="Take"/>, where it was held once and had to be given up.</summary>
    public void TakeAgain()
    {
        if (_isMissed)
        {
            Take();
        }
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "The data root's disk is full")]
    private static partial void LogNotHeld(ILogger logger, Exception exception);
}
