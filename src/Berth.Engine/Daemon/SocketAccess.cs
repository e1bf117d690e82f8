using System.Globalization;
using Berth.Linux;
using Berth.Linux.Files;

namespace Berth.Engine.Daemon;

/// <summary>Who may connect to the daemon's socket: root, and one group.</summary>
/// <remarks>Whoever may connect is root on this machine. moby 28: daemon/listeners/listeners_linux.go.</remarks>
public static class SocketAccess
{
    public const string DefaultGroup = "docker";

    /// <summary>Mode 0660, and the group where it exists. Only a group that was named must exist.</summary>
    /// <param name="group">Name or number; null is <see cref="DefaultGroup"/>.</param>
    /// <returns>Whether a group has access.</returns>
    /// <exception cref="EngineException">The named group does not exist, or the socket cannot be changed.</exception>
    public static bool Grant(string socketPath, string? group)
    {
        const UnixFileMode owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        uint? id = Find(group ?? DefaultGroup, File.Exists("/etc/group") ? File.ReadLines("/etc/group") : []);
        if (id is null && group is not null)
        {
            throw new EngineException(ErrorKind.System, $"can't create unix socket {socketPath}: group {group} not found");
        }

        try
        {
            File.SetUnixFileMode(socketPath, owner);
            if (id is { } gid)
            {
                Ownership.Change(socketPath, Ownership.Unchanged, gid);
                File.SetUnixFileMode(socketPath, owner | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
            }
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            throw new EngineException(ErrorKind.System, $"can't create unix socket {socketPath}: {e.Message}", e);
        }

        return id is not null;
    }

    /// <summary>A line of group(5): name, password, number, members.</summary>
    internal static uint? Find(string group, IEnumerable<string> lines)
    {
        foreach (string line in lines)
        {
            string[] fields = line.Split(':');
            if (fields.Length >= 3 && fields[0] == group && uint.TryParse(fields[2], NumberStyles.None, CultureInfo.InvariantCulture, out uint id))
            {
                return id;
            }
        }

        return uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint number) ? number : null;
    }
}
