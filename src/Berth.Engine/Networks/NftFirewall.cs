using Berth.Linux.Nftables;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Networks;

/// <summary>nftables in a table of our own, through libnftables: about 0.1 ms a change. Tables of others are never touched.</summary>
internal sealed class NftFirewall(EngineOptions options, HostNetwork host, ILoggerFactory loggers) : IFirewall
{
    private readonly string _table = NftTable.Name(options.BridgeName);
    private readonly ILogger _logger = loggers.CreateLogger<NftFirewall>();
    private readonly Lock _lock = new();

    public bool IsInForce() => TryRun($"list chain inet {_table} published_ports") is null;

    public void Replace(IReadOnlyCollection<FirewallNetwork> networks, IReadOnlyCollection<PublishedPort> ports)
    {
        Run(NftTable.Replace(_table, networks, ports));
        Log.FirewallReplaced(_logger, _table, networks.Count, ports.Count);
        foreach (string chain in ForeignDrops())
        {
            Log.ForeignChainDrops(_logger, chain);
        }
    }

    public void AddNetwork(FirewallNetwork network) => Run(NftTable.Network(_table, "add", network));

    public void RemoveNetwork(FirewallNetwork network) => RunEach(NftTable.Network(_table, "delete", network));

    public void Publish(IReadOnlyCollection<PublishedPort> ports)
    {
        if (ports.Count > 0)
        {
            Run(NftTable.Ports(_table, "add", ports));
        }
    }

    public void Unpublish(IReadOnlyCollection<PublishedPort> ports)
    {
        if (ports.Count > 0)
        {
            RunEach(NftTable.Ports(_table, "delete", ports));
        }
    }

    /// <summary>Chains of others that stop what is not for them: no rule of ours can let it pass again, so the operator has to know.</summary>
    private IEnumerable<string> ForeignDrops()
    {
        string table = "";
        string chain = "";
        foreach (string line in Execute("list chains").Split('\n', StringSplitOptions.TrimEntries))
        {
            switch (line.Split(' '))
            {
                case ["table", var family, var name, "{"]:
                    table = $"{family} {name}";
                    break;
                case ["chain", var name, "{"]:
                    chain = name;
                    break;
                default:
                    if (line.Contains("hook forward", StringComparison.Ordinal) && line.EndsWith("policy drop;", StringComparison.Ordinal))
                    {
                        yield return $"{table} {chain}";
                    }

                    break;
            }
        }
    }

    private void Run(string commands)
    {
        if (TryRun(commands) is { } failure)
        {
            throw NetworkErrors.FirewallRefused(failure);
        }
    }

    /// <summary>All in one transaction; line by line only when something of it is gone already, which fails the whole.</summary>
    private void RunEach(string commands)
    {
        if (TryRun(commands) is null)
        {
            return;
        }

        foreach (string command in commands.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (TryRun(command) is { } failure && !failure.Message.Contains("No such file or directory", StringComparison.Ordinal))
            {
                throw NetworkErrors.FirewallRefused(failure);
            }
        }
    }

    private NftException? TryRun(string commands)
    {
        try
        {
            Execute(commands);
            return null;
        }
        catch (NftException e)
        {
            Log.FirewallRefused(_logger, e.Message, commands);
            return e;
        }
    }

    /// <summary>Opened for each run: what the library remembers of all tables between two runs is megabytes, and learnt in no time.</summary>
    private string Execute(string commands)
    {
        lock (_lock)
        {
            return host.Run(() =>
            {
                using var ruleset = new Ruleset();
                return ruleset.Run(commands);
            });
        }
    }
}
