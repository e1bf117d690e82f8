namespace Berth.Engine.Daemon;

/// <summary>Keeps two daemons from one data root. The kernel lets go of the lock however the daemon ends.</summary>
public sealed class DataRootLock : IDisposable
{
    private readonly FileStream _file;

    private DataRootLock(FileStream file) => _file = file;

    /// <exception cref="EngineException">Another daemon has it, or it cannot be made.</exception>
    public static DataRootLock Acquire(EngineOptions options)
    {
        var paths = new EnginePaths(options);
        try
        {
            paths.Create();
            // FileShare.None is flock(2) with LOCK_EX | LOCK_NB.
            return new DataRootLock(new FileStream(paths.LockFile, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EngineException(ErrorKind.System, $"cannot use the data root {options.DataRoot}: {e.Message}", e);
        }
        catch (IOException e) when (File.Exists(paths.LockFile))
        {
            throw new EngineException(ErrorKind.Conflict,
                $"the data root {options.DataRoot} is in use by another daemon: give this one its own with --data-root", e);
        }
        catch (IOException e)
        {
            throw new EngineException(ErrorKind.System, $"cannot use the data root {options.DataRoot}: {e.Message}", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
