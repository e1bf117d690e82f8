namespace Berth.Linux.Nftables;

/// <summary>nftables refused a transaction; nothing of it was done. The message is libnftables' own first line.</summary>
public sealed class NftException(string message, string commands) : Exception(message)
{
    /// <summary>What was asked.</summary>
    public string Commands { get; } = commands;
}
