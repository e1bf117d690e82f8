namespace Berth.Api.Daemon;

public sealed record RegistryServiceConfig
{
    public IReadOnlyList<string>? InsecureRegistryCIDRs { get; init; }
    public IReadOnlyDictionary<string, IndexInfo?>? IndexConfigs { get; init; }
    public IReadOnlyList<string>? Mirrors { get; init; }
}
