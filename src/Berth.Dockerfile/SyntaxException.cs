namespace Berth.Dockerfile;

/// <summary>An instruction is not understood; the message is the sentence that Docker has for it.</summary>
public sealed class SyntaxException(string message) : Exception(message);
