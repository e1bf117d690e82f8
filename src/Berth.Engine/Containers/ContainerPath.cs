namespace Berth.Engine.Containers;

/// <summary>Paths as a container sees them, by their text alone.</summary>
internal static class ContainerPath
{
    /// <summary>Go's path.Clean: one slash at a time, no <c>.</c>, and <c>..</c> resolved by the text; <c>.</c> for nothing.</summary>
    public static string Clean(string path)
    {
        bool isAbsolute = path.StartsWith('/');
        var parts = new List<string>();
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is ".")
            {
                continue;
            }

            if (part is not "..")
            {
                parts.Add(part);
            }
            else if (parts.Count > 0 && parts[^1] is not "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (!isAbsolute)
            {
                parts.Add(part);
            }
        }

        string joined = string.Join('/', parts);
        return isAbsolute ? "/" + joined : joined.Length == 0 ? "." : joined;
    }

    /// <summary>Directories from the root down to it: 0 for <c>/</c>.</summary>
    public static int Depth(string path) => path.AsSpan().Count('/') - (path is "/" ? 1 : 0);

    /// <summary>Whether a relative path stays where it is. Go's filepath.IsLocal.</summary>
    public static bool IsLocal(string path) =>
        path.Length > 0 && !path.StartsWith('/') && Clean(path) is var clean && clean is not ".." && !clean.StartsWith("../", StringComparison.Ordinal);
}
