namespace Berth.Client;

/// <summary>What <c>POST /containers/create</c> takes beside its body.</summary>
public sealed record CreateOptions
{
    public string? Name { get; init; }

    /// <summary><c>os/arch[/variant]</c>; null for the daemon's.</summary>
    public string? Platform { get; init; }
}
