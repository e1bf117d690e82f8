using Berth.Linux.Mounts;

namespace Berth.Linux.Cgroups;

/// <summary>
/// Hosts with cgroup version 1 that also mount version 2 ("hybrid"): controllers that nobody mounted sit on version 2, where container
/// runtimes of version 1 do not look. Source: cgroups(7); kernel, admin-guide/cgroup-v2.rst, "Mounting".
/// </summary>
public static class HybridHierarchies
{
    private const string Root = "/sys/fs/cgroup";

    /// <summary>The controllers on version 2 of a hybrid host that no cgroup uses there; empty on hosts with one version.</summary>
    public static IReadOnlyList<string> Unused(string root = Root)
    {
        string unified = Path.Combine(root, "unified");
        if (!File.Exists(Path.Combine(unified, "cgroup.controllers")))
        {
            return [];
        }

        // What the root passes on to its children is in use: the kernel would refuse to move it, and rightly.
        string[] used = ReadWords(Path.Combine(unified, "cgroup.subtree_control"));
        return [.. ReadWords(Path.Combine(unified, "cgroup.controllers")).Except(used)];
    }

    /// <summary>Mounts each unused controller as a hierarchy of version 1, where distributions put it.</summary>
    /// <returns>Those that were mounted.</returns>
    /// <exception cref="LinuxException">The kernel refused.</exception>
    public static IReadOnlyList<string> MountUnused()
    {
        IReadOnlyList<string> controllers = Unused();
        foreach (string controller in controllers)
        {
            string target = Path.Combine(Root, controller);
            Directory.CreateDirectory(target);
            MountCalls.Mount(new Mount("cgroup", "cgroup", ["nosuid", "nodev", "noexec", controller]), target);
        }

        return controllers;
    }

    private static string[] ReadWords(string path) =>
        File.ReadAllText(path).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
}
