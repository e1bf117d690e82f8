using System.IO.Enumeration;

namespace Berth.Engine;

/// <summary>How much is in a directory that a container writes to: links are never followed.</summary>
internal static class DirectorySize
{
    /// <returns>Bytes of all regular files; 0 where there is no such directory.</returns>
    public static long Of(string directory)
    {
        if (!Directory.Exists(directory))
        {
            return 0;
        }

        var options = new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0, IgnoreInaccessible = true };
        return new FileSystemEnumerable<long>(directory, static (ref entry) => entry.Length, options)
        {
            ShouldIncludePredicate = static (ref entry) => !entry.IsDirectory && !IsLink(ref entry),
            ShouldRecursePredicate = static (ref entry) => !IsLink(ref entry),
        }.Sum();
    }

    private static bool IsLink(ref FileSystemEntry entry) => entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}
