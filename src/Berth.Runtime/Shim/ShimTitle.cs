namespace Berth.Runtime.Shim;

/// <summary>What lists of processes show of a shim, which is started before it knows its container.</summary>
internal static class ShimTitle
{
    /// <summary>A container id's length, to be overwritten by one.</summary>
    public static string Placeholder { get; } = new('-', 64);
}
