namespace Berth.Linux.Users;

/// <summary>A line of passwd(5), as far as a container needs it.</summary>
public readonly record struct UserEntry(string Name, uint Uid, uint Gid, string Home);

/// <summary>A line of group(5).</summary>
public readonly record struct GroupEntry(string Name, uint Gid, IReadOnlyList<string> Members);
