using Berth.Linux.Roots;
using Berth.Linux.Users;
using Berth.Oci.RuntimeSpec;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Containers;

/// <summary><c>Config.User</c> and <c>GroupAdd</c> into ids, by the passwd and group files of the container's own root.</summary>
/// <remarks>
/// What is a number stays that number, whatever names the files hold (CVE-2026-46680), and is in range or refused (CVE-2024-40635). The supplementary
/// groups begin with the primary one (CVE-2022-36109). moby: moby/sys/user, GetExecUser; daemon/oci_linux.go, getUser.
/// </remarks>
internal static class ContainerUser
{
    private const string PasswdPath = "/etc/passwd";
    private const string GroupPath = "/etc/group";

    /// <summary>More the kernel does not take: linux/include/uapi/linux/limits.h, NGROUPS_MAX.</summary>
    private const int MaximumGroups = 65536;

    /// <param name="user"><c>user[:group]</c>, names or numbers; empty is root.</param>
    /// <exception cref="EngineException">There is no such user or group.</exception>
    public static RuntimeUser Resolve(RootDirectory root, string user, IReadOnlyList<string> groupAdd)
    {
        int colon = user.IndexOf(':', StringComparison.Ordinal);
        string userPart = colon < 0 ? user : user[..colon];
        string groupPart = colon < 0 ? "" : user[(colon + 1)..];
        try
        {
            (uint uid, uint gid, string? name) = FindUser(root, userPart);
            var supplementary = new List<uint>();
            if (groupPart.Length > 0)
            {
                gid = FindGroup(root, groupPart);
            }
            else if (name is not null)
            {
                supplementary.AddRange(ReadGroups(root).Where(group => group.Members.Contains(name)).Select(group => group.Gid).Take(MaximumGroups));
            }

            supplementary.AddRange(groupAdd.Select(group => FindGroup(root, group)));
            return new RuntimeUser { Uid = uid, Gid = gid, AdditionalGids = [.. supplementary.Prepend(gid).Distinct()] };
        }
        catch (InvalidDataException e)
        {
            throw Failure($"unable to find user {userPart}: {e.Message}");
        }
    }

    private static (uint Uid, uint Gid, string? Name) FindUser(RootDirectory root, string user)
    {
        bool isNumber = user.Length > 0 && user.All(char.IsAsciiDigit);
        uint wanted = 0;
        if (isNumber && !AccountFile.TryParseId(user, out wanted))
        {
            throw OutOfRange();
        }

        foreach (UserEntry entry in ReadUsers(root))
        {
            if (user.Length == 0 ? entry.Uid == 0 : isNumber ? entry.Uid == wanted : entry.Name == user)
            {
                return (entry.Uid, entry.Gid, entry.Name);
            }
        }

        return user.Length == 0 || isNumber ? (wanted, 0, null) : throw Failure($"unable to find user {user}: no matching entries in passwd file");
    }

    private static uint FindGroup(RootDirectory root, string group)
    {
        if (group.Length > 0 && group.All(char.IsAsciiDigit))
        {
            return AccountFile.TryParseId(group, out uint gid) ? gid : throw OutOfRange();
        }

        foreach (GroupEntry entry in ReadGroups(root))
        {
            if (entry.Name == group)
            {
                return entry.Gid;
            }
        }

        throw Failure($"unable to find group {group}: no matching entries in group file");
    }

    private static IEnumerable<UserEntry> ReadUsers(RootDirectory root)
    {
        using SafeFileHandle? file = root.TryOpenFile(PasswdPath);
        foreach (UserEntry entry in file is null ? [] : AccountFile.ReadUsers(file))
        {
            yield return entry;
        }
    }

    private static IEnumerable<GroupEntry> ReadGroups(RootDirectory root)
    {
        using SafeFileHandle? file = root.TryOpenFile(GroupPath);
        foreach (GroupEntry entry in file is null ? [] : AccountFile.ReadGroups(file))
        {
            yield return entry;
        }
    }

    private static EngineException OutOfRange() => Failure("uids and gids must be in range 0-2147483647");

    /// <summary>The request to start is well-formed: what is wrong lies in the container. moby 28: daemon/start.go, containerStart.</summary>
    private static EngineException Failure(string message) => new(ErrorKind.System, message);
}
