namespace Berth.Api.Images;

/// <summary>The <c>aux</c> of the last line of a push.</summary>
public sealed record PushResult
{
    public string Tag { get; init => field = value ?? ""; } = "";
    public string Digest { get; init => field = value ?? ""; } = "";
    public long Size { get; init; }
}
