namespace Berth.Cli.Templates;

/// <summary>A template cannot be read or carried out; the message is Go's own, without Docker's words before it.</summary>
internal sealed class TemplateException : Exception
{
    public TemplateException(string message, bool isParsing) : base(message) => IsParsing = isParsing;

    public bool IsParsing { get; }
}
