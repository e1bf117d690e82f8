using Berth.Linux;
using Berth.Linux.Files;
using Berth.Linux.Mounts;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Snapshots;

/// <summary>Chooses what this host can do.</summary>
internal static class Snapshotter
{
    /// <summary>overlayfs where it mounts on the data root, copies elsewhere.</summary>
    public static ISnapshotter Create(string root, ILogger logger)
    {
        if (WhyNoOverlay(root) is { } why)
        {
            Log.NoOverlay(logger, why);
            return new CopySnapshotter(root);
        }

        return new OverlaySnapshotter(root);
    }

    /// <returns>Null where it works, else why not.</returns>
    private static string? WhyNoOverlay(string root)
    {
        string probe = Path.Combine(root, "probe");
        FileCalls.RemoveTree(probe);
        string[] directories = [.. ((string[])["lower", "upper", "work", "merged"]).Select(d => Directory.CreateDirectory(Path.Combine(probe, d)).FullName)];
        try
        {
            MountCalls.Mount(
                new Mount("overlay", "overlay", [$"lowerdir={directories[0]}", $"upperdir={directories[1]}", $"workdir={directories[2]}"]), directories[3]);
            MountCalls.Unmount(directories[3], lazy: true);
            return null;
        }
        catch (LinuxException e)
        {
            return e.Message;
        }
        finally
        {
            FileCalls.RemoveTree(probe);
        }
    }
}
