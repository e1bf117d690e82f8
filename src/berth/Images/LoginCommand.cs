using Berth.Api.Images;

namespace Berth.Cli.Images;

internal sealed class LoginCommand : Command
{
    private readonly Flag<string> _password;
    private readonly Flag<bool> _passwordFromStdin;
    private readonly Flag<string> _username;

    public LoginCommand()
    {
        _password = Flags.Text("password", 'p', "Password or Personal Access Token (PAT)");
        _passwordFromStdin = Flags.Switch("password-stdin", null, "Take the Password or Personal Access Token (PAT) from stdin");
        _username = Flags.Text("username", 'u', "Username");
    }

    public override string Synopsis => "[OPTIONS] [SERVER]";

    public override ArgumentCount Arguments => ArgumentCount.AtMost(1);

    public override string Description => "Authenticate to a registry.\nDefaults to Docker Hub if no server is specified.";

    public override int Run(CliContext context, IReadOnlyList<string> arguments)
    {
        string key = arguments.Count == 0 ? Credentials.IndexServer : Credentials.KeyOf(Credentials.HostOf(arguments[0]));
        Credentials credentials = Ask(context, key);
        AuthResponse answer = context.Client.CheckAuth(new AuthConfig
        {
            Username = credentials.Username,
            Password = credentials.Password,
            Serveraddress = key,
        });
        if (answer.IdentityToken.Length > 0)
        {
            credentials = credentials with { Password = "", IdentityToken = answer.IdentityToken };
        }

        if (!credentials.Store(context))
        {
            context.Error.WriteLine($"\nWARNING! Your credentials are stored unencrypted in '{context.Config.Path}'.\n"
                + "Configure a credential helper to remove this warning. See\nhttps://docs.docker.com/go/credential-store/\n");
        }

        context.Error.Flush();
        context.Out.WriteLine(answer.Status.Length > 0 ? answer.Status : "Login Succeeded");
        return 0;
    }

    private Credentials Ask(CliContext context, string key)
    {
        string password = _password.Value;
        if (password.Length > 0)
        {
            context.Error.WriteLine("WARNING! Using --password via the CLI is insecure. Use --password-stdin.");
            context.Error.Flush();
        }

        if (_passwordFromStdin.Value)
        {
            password = FromStdin(context);
        }

        if (_username.Value.Length > 0 && password.Length > 0)
        {
            return new Credentials { Username = _username.Value, Password = password, ServerAddress = key };
        }

        if (_username.Value.Length == 0 && password.Length == 0 && Credentials.Find(context, key) is { Username.Length: > 0 } known)
        {
            context.Error.WriteLine($"Authenticating with existing credentials... [Username: {known.Username}]\n\n"
                + $" Info -> To login with a different account, run '{context.Program} logout' followed by '{context.Program} login'\n\n");
            context.Flush();
            return known;
        }

        return Prompt(context, key, password);
    }

    private string FromStdin(CliContext context)
    {
        if (_password.Value.Length > 0)
        {
            throw new CommandException("conflicting options: cannot specify both --password and --password-stdin");
        }

        if (_username.Value.Length == 0)
        {
            throw new CommandException("the --password-stdin option requires --username to be set");
        }

        using var all = new MemoryStream();
        byte[] buffer = new byte[4096];
        int read;
        while ((read = context.Terminal.Read(buffer)) > 0)
        {
            all.Write(buffer, 0, read);
        }

        return System.Text.Encoding.UTF8.GetString(all.ToArray()).TrimEnd('\r', '\n');
    }

    private Credentials Prompt(CliContext context, string key, string password)
    {
        if (!context.Terminal.IsTerminal)
        {
            throw new CommandException("Error: Cannot perform an interactive login from a non TTY device");
        }

        string username = _username.Value.Length > 0 ? _username.Value : Line(context, "Username: ").Trim();
        if (username.Length == 0)
        {
            throw new CommandException("Error: Non-null Username Required");
        }

        if (password.Length == 0)
        {
            context.Terminal.HideTyping();
            password = Line(context, "Password: ");
            context.Terminal.Restore();
            context.Out.WriteLine();
        }

        return password.Length == 0
            ? throw new CommandException("Error: Password Required")
            : new Credentials { Username = username, Password = password, ServerAddress = key };
    }

    private static string Line(CliContext context, string prompt)
    {
        context.Out.Write(prompt);
        context.Flush();
        return context.Terminal.ReadLine() ?? "";
    }
}
