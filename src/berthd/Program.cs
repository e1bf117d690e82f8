using Berth.Daemon;
using Berth.Daemon.Configuration;
using Berth.Engine;
using Berth.Engine.Daemon;

try
{
    DaemonOptions options = DaemonOptions.Parse(args);
    if (options.ShowHelp)
    {
        Console.Out.Write(DaemonFlag.Usage());
        return 0;
    }

    if (options.ShowVersion)
    {
        Console.Out.WriteLine($"Berth version {EngineVersion.Version}, build {EngineVersion.GitCommit}");
        return 0;
    }

    EngineOptionsCheck.Run(options.Engine);
    if (options.ValidateOnly)
    {
        Console.Error.WriteLine("configuration OK");
        return 0;
    }

    await DaemonHost.RunAsync(options, args);
    return 0;
}
catch (Exception e) when (e is ConfigurationException or EngineException)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
