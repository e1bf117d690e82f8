namespace Berth.Cli.Containers;

/// <summary>The file of <c>--cidfile</c>: made before the container, so that none is made in vain; gone again where none was.</summary>
internal sealed class CidFile : IDisposable
{
    private readonly string _path;
    private bool _isWritten;

    /// <exception cref="CommandException">It is there already, or cannot be made.</exception>
    public CidFile(string path)
    {
        _path = path;
        if (File.Exists(path))
        {
            throw new CommandException($"container ID file found, make sure the other container isn't running or delete {path}");
        }

        try
        {
            using FileStream made = File.Create(path);
        }
        catch (DirectoryNotFoundException)
        {
            throw new CommandException($"failed to create the container ID file: open {path}: no such file or directory");
        }
        catch (UnauthorizedAccessException)
        {
            throw new CommandException($"failed to create the container ID file: open {path}: permission denied");
        }
    }

    public void Write(string id)
    {
        File.WriteAllText(_path, id);
        _isWritten = true;
    }

    public void Dispose()
    {
        if (!_isWritten)
        {
            File.Delete(_path);
        }
    }
}
