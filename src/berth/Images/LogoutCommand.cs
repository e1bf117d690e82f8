namespace Berth.Cli.Images;

internal sealed class LogoutCommand : Command
{
    public override string Synopsis => "[SERVER]";

    public override ArgumentCount Arguments => ArgumentCount.AtMost(1);

    public override string Description => "Log out from a registry.\nIf no server is specified, the default is defined by the daemon.";

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        string key = arguments.Count == 0 ? Credentials.IndexServer : Credentials.KeyOf(Credentials.HostOf(arguments[0]));
        string host = Credentials.HostOf(key);
        var known = context.Config.AuthRegistries.Where(registry => Credentials.HostOf(registry) == host).ToList();
        context.Out.WriteLine($"Removing login credentials for {(key == Credentials.IndexServer ? key : host)}");
        foreach (string registry in known.Count == 0 && context.Config.HelperFor(key) is not null ? [key] : known)
        {
            Credentials.Erase(context, registry);
        }

        return 0;
    }
}
