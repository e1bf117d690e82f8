namespace Berth.TestHost;

/// <summary>A daemon under test, ours or the reference: the same assertions hold for both.</summary>
public interface IDockerDaemon : IAsyncDisposable
{
    string Host { get; }

    /// <summary>Runs the docker client against it.</summary>
    Task<CommandResult> DockerAsync(params IEnumerable<string> arguments);

    /// <summary>The client's environment, for programs that are started otherwise.</summary>
    IReadOnlyDictionary<string, string?> ClientEnvironment();

    /// <summary>Runs a program where the daemon's published ports are.</summary>
    Task<CommandResult> OnItsNetworkAsync(string program, params IEnumerable<string> arguments);
}
