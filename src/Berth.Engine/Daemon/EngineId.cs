namespace Berth.Engine.Daemon;

/// <summary>Who this daemon is, over all its restarts: a UUID in the data root.</summary>
internal static class EngineId
{
    public static string ReadOrCreate(EnginePaths paths)
    {
        if (File.Exists(paths.EngineId) && File.ReadAllText(paths.EngineId).Trim() is { Length: > 0 } known)
        {
            return known;
        }

        string id = Guid.NewGuid().ToString();
        string fresh = paths.EngineId + ".new";
        File.WriteAllText(fresh, id);
        File.Move(fresh, paths.EngineId, overwrite: true);
        return id;
    }
}
