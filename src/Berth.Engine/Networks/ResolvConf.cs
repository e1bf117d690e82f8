using System.Net;

namespace Berth.Engine.Networks;

/// <summary>A resolv.conf(5), as far as Docker carries it into containers.</summary>
internal sealed record ResolvConf
{
    private const string Path = "/etc/resolv.conf";
    private const string SystemdPath = "/run/systemd/resolve/resolv.conf";

    public IReadOnlyList<string> Nameservers { get; init; } = [];
    public IReadOnlyList<string> Search { get; init; } = [];
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>The host's. A machine without the file has an empty one.</summary>
    public static ResolvConf OfHost() => Read(Path) ?? new ResolvConf();

    /// <summary>
    /// The host's, for those who cannot reach its loopback: resolved's upstream servers in place of its stub, and Google's where nothing remains.
    /// moby 28: libnetwork/internal/resolvconf, TransformForLegacyNw.
    /// </summary>
    public static ResolvConf OfHostWithoutLoopback()
    {
        ResolvConf host = OfHost();
        if (host.Nameservers is ["127.0.0.53"] && Read(SystemdPath) is { } systemd)
        {
            host = systemd;
        }

        string[] reachable = [.. host.Nameservers.Where(n => IPAddress.TryParse(n, out IPAddress? address) && !IPAddress.IsLoopback(address))];
        return host with { Nameservers = reachable.Length > 0 ? reachable : ["8.8.8.8", "8.8.4.4"] };
    }

    public static ResolvConf Parse(string text)
    {
        var nameservers = new List<string>();
        IReadOnlyList<string> search = [];
        var options = new List<string>();
        foreach (string line in text.Split('\n'))
        {
            string[] words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            switch (words)
            {
                case ["nameserver", var address, ..]:
                    nameservers.Add(address);
                    break;
                case ["search" or "domain", _, ..]:
                    // The last one counts. Source: resolv.conf(5)
                    search = words[1..];
                    break;
                case ["options", ..]:
                    options.AddRange(words[1..]);
                    break;
                default:
                    break;
            }
        }

        return new ResolvConf { Nameservers = nameservers, Search = search, Options = options };
    }

    /// <summary>In the order and form that dockerd writes.</summary>
    public override string ToString() => string.Concat(
        Search.Count > 0 ? $"search {string.Join(' ', Search)}\n" : "",
        string.Concat(Nameservers.Select(n => $"nameserver {n}\n")),
        Options.Count > 0 ? $"options {string.Join(' ', Options)}\n" : "");

    private static ResolvConf? Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
