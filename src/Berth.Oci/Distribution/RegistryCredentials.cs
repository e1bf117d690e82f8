namespace Berth.Oci.Distribution;

/// <summary>What the user knows of a registry; one of the three forms of Docker's auth config. Never logged.</summary>
public sealed record RegistryCredentials
{
    public string? Username { get; init; }

    public string? Password { get; init; }

    /// <summary>A refresh token from an earlier login, to be exchanged for access tokens.</summary>
    public string? IdentityToken { get; init; }

    /// <summary>An access token to send as it is.</summary>
    public string? RegistryToken { get; init; }

    public bool HasPassword => !string.IsNullOrEmpty(Username) && Password is not null;

    public override string ToString() => $"credentials of {Username ?? "(token)"}";
}
