using Berth.Linux.Files;
using Berth.Oci.Content;

namespace Berth.Engine.Images;

/// <summary>The daemon's own blobs.</summary>
internal static class LocalContent
{
    public static IContentStore Open(EnginePaths paths, TimeProvider time) =>
        new LocalContentStore(paths.Content, FileCalls.SynchronizeDirectory, time);
}
