using System.Net;
using Berth.Engine.Networks;

namespace Berth.Engine.Containers;

/// <summary>The files that tell a container who and where it is: hosts, hostname and resolv.conf, with dockerd's content.</summary>
/// <remarks>
/// They are bind-mounted into the container, so they are always changed in place. Once it runs they are its own:
/// later changes add or remove a line, and leave what it changed itself alone.
/// </remarks>
internal sealed class ContainerFiles(EnginePaths paths, EngineOptions options)
{
    private const string EmbeddedServer = "127.0.0.11";

    private const string Localhost = """
        127.0.0.1	localhost
        ::1	localhost ip6-localhost ip6-loopback
        fe00::	ip6-localnet
        ff00::	ip6-mcastprefix
        ff02::1	ip6-allnodes
        ff02::2	ip6-allrouters

        """;

    public void WriteHostname(SandboxRequest request) => Write(paths.HostnameFile(request.ContainerId), request.Hostname + "\n");

    /// <param name="addresses">The container's own, in the order of its interfaces.</param>
    /// <param name="links">Names of other containers, by address.</param>
    /// <param name="gateway">What <c>host-gateway</c> means.</param>
    public void WriteHosts(SandboxRequest request, IEnumerable<IPAddress> addresses, IEnumerable<(IPAddress Address, string Names)> links, IPAddress gateway)
    {
        IEnumerable<string> lines = request.ExtraHosts.SelectMany(host => ExtraHost(host, gateway))
            .Concat(links.Select(link => $"{link.Address}\t{link.Names}\n"))
            .Concat(addresses.Select(address => OwnLine(request, address)));
        Write(paths.HostsFile(request.ContainerId), Localhost + string.Concat(lines));
    }

    /// <summary>With the host's network, the host's own file, unless names were added to it. moby 28: libnetwork/sandbox_dns_unix.go, buildHostsFile.</summary>
    public void WriteHostsOfHost(SandboxRequest request, IPAddress gateway)
    {
        if (request.ExtraHosts.Count > 0 || !File.Exists("/etc/hosts"))
        {
            WriteHosts(request, [], [], gateway);
        }
        else
        {
            Write(paths.HostsFile(request.ContainerId), File.ReadAllText("/etc/hosts"));
        }
    }

    public void AddHost(SandboxRequest request, IPAddress address) => File.AppendAllText(paths.HostsFile(request.ContainerId), OwnLine(request, address));

    public void RemoveHost(SandboxRequest request, IPAddress address)
    {
        string path = paths.HostsFile(request.ContainerId);
        string own = OwnLine(request, address);
        string text = File.ReadAllText(path);
        int position = ("\n" + text).IndexOf("\n" + own, StringComparison.Ordinal);
        if (position >= 0)
        {
            Write(path, text.Remove(position, own.Length));
        }
    }

    public void WriteResolvConf(SandboxRequest request, bool resolvesNames) =>
        Write(paths.ResolvConfFile(request.ContainerId), ResolvConfOf(request, resolvesNames).ToString());

    /// <summary>Follows the container from one kind of network to the other, unless the file is no longer as we wrote it.</summary>
    public void ChangeResolvConf(SandboxRequest request, bool resolvedNames, bool resolvesNames)
    {
        string path = paths.ResolvConfFile(request.ContainerId);
        if (resolvedNames != resolvesNames && File.ReadAllText(path) == ResolvConfOf(request, resolvedNames).ToString())
        {
            WriteResolvConf(request, resolvesNames);
        }
    }

    public void WriteResolvConfOfHost(SandboxRequest request)
    {
        bool isChanged = request.Dns.Count + request.DnsSearch.Count + request.DnsOptions.Count > 0
            || options.Dns.Count + options.DnsSearch.Count + options.DnsOptions.Count > 0;
        string text = isChanged || !File.Exists("/etc/resolv.conf")
            ? With(ResolvConf.OfHost(), request).ToString()
            : File.ReadAllText("/etc/resolv.conf");
        Write(paths.ResolvConfFile(request.ContainerId), text);
    }

    /// <summary>Who is asked for names that are not ours: the container's servers, the daemon's, the host's.</summary>
    public IReadOnlyList<string> UpstreamServers(SandboxRequest request) => With(ResolvConf.OfHost(), request).Nameservers;

    private ResolvConf ResolvConfOf(SandboxRequest request, bool resolvesNames)
    {
        if (!resolvesNames)
        {
            return With(ResolvConf.OfHostWithoutLoopback(), request);
        }

        ResolvConf conf = With(ResolvConf.OfHost(), request) with { Nameservers = [EmbeddedServer] };

        // Names of containers have no dots: without this the C library would try the search list first.
        return conf.Options.Any(o => o.StartsWith("ndots:", StringComparison.Ordinal)) ? conf : conf with { Options = [.. conf.Options, "ndots:0"] };
    }

    private ResolvConf With(ResolvConf host, SandboxRequest request) => new()
    {
        Nameservers = FirstGiven(request.Dns, options.Dns, host.Nameservers),

        // A single dot says: none. moby 28: opts, ValidateDNSSearch
        Search = FirstGiven(request.DnsSearch, options.DnsSearch, host.Search) is var search && search is ["."] ? [] : search,
        Options = FirstGiven(request.DnsOptions, options.DnsOptions, host.Options),
    };

    private static IReadOnlyList<string> FirstGiven(params ReadOnlySpan<IReadOnlyList<string>> choices)
    {
        foreach (IReadOnlyList<string> choice in choices)
        {
            if (choice.Count > 0)
            {
                return choice;
            }
        }

        return [];
    }

    private static string OwnLine(SandboxRequest request, IPAddress address)
    {
        string name = request.Domainname.Length > 0 ? $"{request.Hostname}.{request.Domainname}" : request.Hostname;
        int dot = name.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 ? $"{address}\t{name} {name[..dot]}\n" : $"{address}\t{name}\n";
    }

    private IEnumerable<string> ExtraHost(string text, IPAddress gateway)
    {
        // The address may hold colons, the name may not.
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string address = colon > 0 ? text[(colon + 1)..].Trim('[', ']') : throw NetworkErrors.InvalidExtraHost(text);
        if (address == "host-gateway")
        {
            IReadOnlyList<string> addresses = options.HostGatewayAddresses is { Count: > 0 } given ? given : [gateway.ToString()];
            return addresses.Select(a => $"{a}\t{text[..colon]}\n");
        }

        if (!Ipv4Network.TryParseAddress(address, out _) && !(address.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(address, out _)))
        {
            throw NetworkErrors.InvalidExtraHost(text);
        }

        return [$"{address}\t{text[..colon]}\n"];
    }

    private static void Write(string path, string text) => File.WriteAllText(path, text);
}
