using System.Globalization;
using Berth.Engine;

namespace Berth.Daemon;

/// <summary>The daemon's process id in a file, gone when it ends in order.</summary>
internal sealed class PidFile : IDisposable
{
    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <exception cref="EngineException">The file names a daemon that still runs, or cannot be written.</exception>
    public static PidFile Create(string path)
    {
        try
        {
            if (File.Exists(path) && IsAlive(path, out int other))
            {
                throw new EngineException(ErrorKind.Conflict,
                    $"failed to start daemon, ensure it is not running or delete {path}: process with PID {other} is still running");
            }

            Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
            File.WriteAllText(path, Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return new PidFile(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.System, $"cannot write the PID file {path}: {e.Message}", e);
        }
    }

    public void Dispose() => File.Delete(_path);

    // A process that began after the file was written has only inherited the number. proc(5): the directory's time is the process's start.
    private static bool IsAlive(string path, out int pid) =>
        int.TryParse(File.ReadAllText(path).Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out pid)
        && pid != Environment.ProcessId
        && ProcessStart.Of(pid) is { } started
        && started <= File.GetLastWriteTimeUtc(path) + TimeSpan.FromSeconds(1);
}
