using Berth.Linux;

namespace Berth.Engine.Daemon;

/// <summary>What a user reads of a failure that no verb has words of its own for.</summary>
public static class FailureText
{
    public const string NoSpace = DiskFull.Reason;

    public static string Of(Exception e) =>
        e is not (EngineException or LinuxException) && DiskFull.IsCauseOf(e) ? DiskFull.Reason : e.Message;
}
