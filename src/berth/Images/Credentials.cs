using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Cli.Images;

/// <summary>What the user has logged in with: in <c>config.json</c> or in a credential helper.</summary>
/// <remarks>Sources: docker/cli 28, cli/config/credentials; docker/docker-credential-helpers, the helpers' protocol.</remarks>
internal sealed record Credentials
{
    /// <summary>The key under which Docker Hub's credentials are kept.</summary>
    public const string IndexServer = "https://index.docker.io/v1/";

    // A helper answers so where it gives a token instead of a password.
    private const string TokenUser = "<token>";

    public string Username { get; init; } = "";
    public string Password { get; init; } = "";
    public string IdentityToken { get; init; } = "";
    public string RegistryToken { get; init; } = "";
    public string ServerAddress { get; init; } = "";

    public static string KeyOf(string domain) => domain is "docker.io" or "index.docker.io" ? IndexServer : domain;

    /// <summary>The value of <c>X-Registry-Auth</c> for a registry: base64url of JSON; of <c>{}</c> where nobody has logged in.</summary>
    public static string HeaderFor(CliContext context, string domain)
    {
        string key = KeyOf(domain);
        string json = Find(context, key)?.ToJson() ?? "{}";
        return Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).Replace('+', '-').Replace('/', '_');
    }

    public static Credentials? Find(CliContext context, string key)
    {
        if (context.Config.HelperFor(key) is { } helper)
        {
            return FromHelper(helper, key);
        }

        JsonObject? entry = context.Config.AuthFor(key)
            ?? context.Config.AuthRegistries.Where(registry => HostOf(registry) == HostOf(key)).Select(context.Config.AuthFor).FirstOrDefault();
        return entry is null ? null : FromEntry(entry, key);
    }

    private static Credentials FromEntry(JsonObject entry, string key)
    {
        string username = TextOf(entry, "username");
        string password = TextOf(entry, "password");
        if (TextOf(entry, "auth") is { Length: > 0 } auth)
        {
            string pair = Encoding.UTF8.GetString(Convert.FromBase64String(auth));
            int colon = pair.IndexOf(':', StringComparison.Ordinal);
            (username, password) = colon < 0 ? (pair, "") : (pair[..colon], pair[(colon + 1)..].TrimEnd('\0'));
        }

        return new Credentials
        {
            Username = username,
            Password = password,
            IdentityToken = TextOf(entry, "identitytoken"),
            RegistryToken = TextOf(entry, "registrytoken"),
            ServerAddress = key,
        };
    }

    private static string TextOf(JsonObject entry, string name) => entry[name] is JsonValue value ? value.ToString() : "";

    private static Credentials? FromHelper(string helper, string key)
    {
        string answer = CredentialHelper.Run(helper, "get", key, out bool succeeded);
        if (!succeeded)
        {
            return answer.Contains("credentials not found", StringComparison.Ordinal)
                ? null
                : throw new CommandException($"error getting credentials - err: exit status 1, out: `{answer.Trim()}`");
        }

        using var document = JsonDocument.Parse(answer);
        string username = document.RootElement.GetProperty(nameof(Username)).GetString() ?? "";
        string secret = document.RootElement.GetProperty("Secret").GetString() ?? "";
        return username == TokenUser
            ? new Credentials { IdentityToken = secret, ServerAddress = key }
            : new Credentials { Username = username, Password = secret, ServerAddress = key };
    }

    /// <summary>Keeps them where the configuration says.</summary>
    /// <returns>False where they lie in the file as they are.</returns>
    public bool Store(CliContext context)
    {
        if (context.Config.HelperFor(ServerAddress) is { } helper)
        {
            bool isToken = IdentityToken.Length > 0;
            var secret = new JsonObject
            {
                ["ServerURL"] = ServerAddress,
                [nameof(Username)] = isToken ? TokenUser : Username,
                ["Secret"] = isToken ? IdentityToken : Password,
            };
            string answer = CredentialHelper.Run(helper, "store", secret.ToJsonString(), out bool succeeded);
            if (!succeeded)
            {
                throw new CommandException($"Error saving credentials: error storing credentials - err: exit status 1, out: `{answer.Trim()}`");
            }

            context.Config.SetAuth(ServerAddress, []);
            context.Config.Save();
            return true;
        }

        var entry = new JsonObject { ["auth"] = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{Username}:{Password}")) };
        if (IdentityToken.Length > 0)
        {
            entry["identitytoken"] = IdentityToken;
        }

        context.Config.SetAuth(ServerAddress, entry);
        context.Config.Save();
        return false;
    }

    public static void Erase(CliContext context, string key)
    {
        if (context.Config.HelperFor(key) is { } helper)
        {
            CredentialHelper.Run(helper, "erase", key, out _);
        }

        context.Config.SetAuth(key, null);
        context.Config.Save();
    }

    private string ToJson()
    {
        var json = new JsonObject();
        foreach ((string name, string value) in new[]
        {
            ("username", Username), ("password", Password), ("serveraddress", ServerAddress),
            ("identitytoken", IdentityToken), ("registrytoken", RegistryToken),
        })
        {
            if (value.Length > 0)
            {
                json[name] = value;
            }
        }

        return json.ToJsonString();
    }

    /// <summary>A registry's host, of whatever users write for it.</summary>
    public static string HostOf(string registry)
    {
        int scheme = registry.IndexOf("://", StringComparison.Ordinal);
        string rest = scheme < 0 ? registry : registry[(scheme + 3)..];
        return rest.Split('/')[0];
    }
}
