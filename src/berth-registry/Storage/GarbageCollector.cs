namespace Berth.Registry.Storage;

/// <summary>Looks for what is unused, now and then, beside everything else. Ends with the registry.</summary>
internal sealed class GarbageCollector(IRegistryStorage storage, RegistryOptions options, TimeProvider time, ILogger<GarbageCollector> log)
    : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.CollectionInterval, time);
        do
        {
            // The loop's first stretch runs within the start of the host otherwise.
            await Task.Yield();
            try
            {
                storage.Collect(stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // A full disk or a damaged manifest: what is unused stays, and the next round tries again.
                log.CollectionFailed(e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false));
    }
}
