namespace Berth.Api.Networks;

public sealed record ConfigReference
{
    public string Network { get; init => field = value ?? ""; } = "";
}
