namespace Berth.Engine;

/// <summary>A request ends here; the message is the sentence that the user reads.</summary>
public sealed class EngineException(ErrorKind kind, string message, Exception? inner = null) : Exception(message, inner)
{
    public ErrorKind Kind { get; } = kind;
}
