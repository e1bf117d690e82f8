namespace Berth.Api.Events;

public sealed record EventActor
{
    public string ID { get; init => field = value ?? ""; } = "";
    public IReadOnlyDictionary<string, string>? Attributes { get; init; }
}
