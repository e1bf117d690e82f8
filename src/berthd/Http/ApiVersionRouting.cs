using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Berth.Api;
using Berth.Engine;
using Berth.Engine.Daemon;

namespace Berth.Daemon.Http;

/// <summary><c>/v1.47/containers/json</c> is <c>/containers/json</c> as a client of 1.47 knows it; without a version, as the newest does.</summary>
/// <remarks>moby 28: daemon/server/middleware/version.go and daemon/server/server.go.</remarks>
internal static class ApiVersionRouting
{
    private static readonly object Key = new();
    private static readonly SearchValues<char> VersionCharacters = SearchValues.Create("0123456789.");

    public static string ServerHeader { get; } = $"Berth/{EngineVersion.Version} (linux)";

    /// <summary>The version that the client speaks.</summary>
    public static ApiVersion ApiVersion(this HttpContext context) =>
        context.Items.TryGetValue(Key, out object? version) ? (ApiVersion)version! : Api.ApiVersion.Current;

    /// <summary>Strips the version from the path and puts the headers of every reply.</summary>
    public static void UseApiVersions(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["Api-Version"] = Api.ApiVersion.Current.ToString();
        headers["Docker-Experimental"] = "false";
        headers["Ostype"] = "linux";
        headers.Server = ServerHeader;
        if (TrySplit(context.Request.Path.Value ?? "/", out string? text, out string path))
        {
            context.Items[Key] = Parse(text);
            context.Request.Path = path;
        }

        return next(context);
    });

    /// <summary>Whether the path begins with <c>/v</c> and nothing but digits and dots up to the next slash.</summary>
    internal static bool TrySplit(string path, [NotNullWhen(true)] out string? version, out string rest)
    {
        version = null;
        rest = path;
        if (!path.StartsWith("/v", StringComparison.Ordinal))
        {
            return false;
        }

        int end = path.IndexOf('/', 2);
        if (end < 3 || path.AsSpan(2, end - 2).ContainsAnyExcept(VersionCharacters))
        {
            return false;
        }

        version = path[2..end];
        rest = path[end..];
        return true;
    }

    /// <exception cref="EngineException">The version is outside of what this daemon speaks.</exception>
    internal static ApiVersion Parse(string text)
    {
        string[] parts = text.Split('.');
        var version = new ApiVersion(Number(parts, 0), Number(parts, 1));
        if (version < Api.ApiVersion.Minimum)
        {
            throw new EngineException(ErrorKind.InvalidParameter,
                $"client version {text} is too old. Minimum supported API version is {Api.ApiVersion.Minimum}, please upgrade your client to a newer version");
        }

        if (version > Api.ApiVersion.Current)
        {
            throw new EngineException(ErrorKind.InvalidParameter,
                $"client version {text} is too new. Maximum supported API version is {Api.ApiVersion.Current}");
        }

        return version;
    }

    // A part that is missing or no number counts as 0, as moby compares versions.
    private static int Number(string[] parts, int index) =>
        index < parts.Length && int.TryParse(parts[index], NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;
}
