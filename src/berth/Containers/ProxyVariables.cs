namespace Berth.Cli.Containers;

/// <summary>The proxies of <c>config.json</c> as variables of a new container; what the user sets himself stays.</summary>
/// <remarks>Source: docker/cli 28, cli/config/configfile/file.go, ParseProxyConfig.</remarks>
internal static class ProxyVariables
{
    private static readonly (string Key, string Variable)[] s_names =
    [
        ("httpProxy", "HTTP_PROXY"), ("httpsProxy", "HTTPS_PROXY"), ("noProxy", "NO_PROXY"), ("ftpProxy", "FTP_PROXY"), ("allProxy", "ALL_PROXY"),
    ];

    public static IReadOnlyList<string>? AddTo(IReadOnlyList<string>? env, IReadOnlyDictionary<string, string> proxies)
    {
        if (proxies.Count == 0)
        {
            return env;
        }

        var all = new List<string>(env ?? []);
        var given = all.Select(pair => pair.Split('=')[0]).ToHashSet(StringComparer.Ordinal);
        foreach ((string key, string variable) in s_names)
        {
            // Programs look for the one or the other.
            foreach (string name in new[] { variable, variable.ToLowerInvariant() })
            {
                if (proxies.TryGetValue(key, out string? value) && value.Length > 0 && given.Add(name))
                {
                    all.Add($"{name}={value}");
                }
            }
        }

        return all;
    }
}
