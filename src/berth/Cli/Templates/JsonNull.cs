namespace Berth.Cli.Templates;

/// <summary>A null of the daemon's answer: Go prints an empty list or map where moby's type is one, and <c>&lt;nil&gt;</c> for a pointer.</summary>
internal sealed record JsonNull(string Text)
{
    public static JsonNull List { get; } = new("[]");

    public static JsonNull Map { get; } = new("map[]");

    public static JsonNull Pointer { get; } = new("<nil>");
}
