namespace Berth.Api.Daemon;

public sealed record IndexInfo
{
    public string Name { get; init => field = value ?? ""; } = "";
    public IReadOnlyList<string>? Mirrors { get; init; }
    public bool Secure { get; init; }
    public bool Official { get; init; }
}
