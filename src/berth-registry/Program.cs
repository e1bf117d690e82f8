using System.Reflection;
using System.Security.Cryptography;
using Berth.Linux;
using Berth.Registry;

// Threads wait for the disk here; without this the pool adds one at a time, half a second apart.
const int diskThreads = 32;

try
{
    CommandLine line = CommandLine.Parse(args);
    if (line.WantsHelp)
    {
        Console.Write(CommandLine.Help);
        return 0;
    }

    if (line.WantsVersion)
    {
        Console.WriteLine($"berth-registry version {typeof(RegistryApp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}");
        return 0;
    }

    ThreadPool.SetMinThreads(diskThreads, diskThreads);
    await using RegistryApp app = await RegistryApp.StartAsync(line.Options, CancellationToken.None);
    Console.WriteLine($"listening on {app.Address}");
    await app.WaitForShutdownAsync(CancellationToken.None);
    return 0;
}
catch (UsageException e)
{
    Console.Error.WriteLine($"berth-registry: {e.Message}\nSee 'berth-registry --help'.");
    return 2;
}
catch (Exception e) when (e is IOException or UnauthorizedAccessException or LinuxException or CryptographicException)
{
    Console.Error.WriteLine($"berth-registry: {e.Message}");
    return 1;
}
