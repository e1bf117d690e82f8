namespace Berth.Linux.Mounts;

public static partial class MountCalls;
