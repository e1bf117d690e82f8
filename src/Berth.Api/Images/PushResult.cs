namespace Berth.Api.Images;

/// <summary>The <c>aux</c> of the last line of a push.</summary>
public sealed record PushResult
{
    public string Tag { get; init; } = "";
    public string Digest { get; init; } = "";
    public long Size { get; init; }
}
