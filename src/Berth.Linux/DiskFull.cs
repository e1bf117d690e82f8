namespace Berth.Linux;

/// <summary>A disk without space: the one failure that every write may meet, whoever makes it.</summary>
public static class DiskFull
{
    /// <summary>The kernel's sentence as Go prints it, which is the one that scripts look for.</summary>
    public const string Reason = "no space left on device";

    /// <summary>Whether it is what began a failure.</summary>
    public static bool IsCauseOf(Exception e) => e switch
    {
        LinuxException { Errno: Errno.ENOSPC } => true,

        // The BCL leaves the errno in HResult.
        IOException { HResult: Errno.ENOSPC } => true,
        _ => e.InnerException is { } inner && IsCauseOf(inner),
    };
}
