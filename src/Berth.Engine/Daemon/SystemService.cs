using Berth.Api.Daemon;
using Berth.Api.Images;

namespace Berth.Engine.Daemon;

/// <summary>The daemon and its host, described.</summary>
public sealed partial class SystemService
{
    internal SystemService()
    {
    }

    public SystemVersion Version() => throw new NotImplementedException();

    public Task<SystemInfo> InfoAsync(CancellationToken ct) => throw new NotImplementedException();

    /// <summary>Whether a registry accepts these credentials.</summary>
    public Task<AuthResponse> AuthenticateAsync(AuthConfig credentials, CancellationToken ct) => throw new NotImplementedException();
}
