using Berth.Linux;
using Berth.Linux.Roots;

namespace Berth.Engine.Containers;

/// <summary>A container's working directory, made where the image has none.</summary>
internal static class WorkingDirectory
{
    /// <summary>No link of the image's leads out of the root (CVE-2026-55686). moby 28: container/container.go, SetupWorkingDirectory.</summary>
    /// <exception cref="EngineException">Something that is no directory is in its place.</exception>
    public static void Ensure(RootDirectory root, string path)
    {
        if (path is "" or "/")
        {
            return;
        }

        try
        {
            root.MakeDirectories(ContainerPath.Clean(path));
        }
        catch (LinuxException e) when (e.Errno is Errno.ENOTDIR or Errno.ELOOP)
        {
            throw new EngineException(ErrorKind.System, $"Cannot mkdir: {path} is not a directory", e);
        }
        catch (LinuxException e)
        {
            throw new EngineException(ErrorKind.System, $"mkdir {path}: {e.Reason}", e);
        }
    }
}
