namespace Berth.Engine.Networks;

public sealed partial class NetworkService
{
    /// <summary>The container has another name from now on: the names that other containers find it by follow.</summary>
    internal Sandbox Rename(Sandbox sandbox, string containerName)
    {
        LiveSandbox live = Live(sandbox);
        lock (_lock)
        {
            live.Request = live.Request with { ContainerName = containerName };
            for (int i = 0; i < live.Attachments.Count; i++)
            {
                (Network network, Endpoint endpoint) = live.Attachments[i];
                Endpoint renamed = endpoint with
                {
                    ContainerName = containerName,
                    DnsNames = network.ResolvesNames ? DnsNamesOf(live.Request, endpoint.Settings) : [],
                };
                network.Remove(endpoint);
                network.Add(renamed);
                live.Attachments[i] = (network, renamed);
            }

            return SnapshotOf(live);
        }
    }
}
