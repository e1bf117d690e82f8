using System.Runtime.InteropServices;

namespace Berth.Cli.Containers;

/// <summary>Hands the signals that reach us to the container, as <c>--sig-proxy</c> wants it, until it is disposed.</summary>
internal sealed class SignalForwarding : IDisposable
{
    // Numbers and names of Linux; the runtime's own (CHLD, PIPE, URG) and the window's (WINCH) are not for the container.
    private static readonly (int Number, string Name)[] s_signals =
    [
        (1, "HUP"), (2, "INT"), (3, "QUIT"), (10, "USR1"), (12, "USR2"), (14, "ALRM"), (15, "TERM"), (18, "CONT"), (20, "TSTP"),
        (21, "TTIN"), (22, "TTOU"),
    ];

    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <param name="send">Called on a thread of its own for each signal, with its name.</param>
    public SignalForwarding(Action<string> send)
    {
        foreach ((int number, string name) in s_signals)
        {
            _registrations.Add(PosixSignalRegistration.Create((PosixSignal)number, signal =>
            {
                signal.Cancel = true; // we live on: the container decides
                send(name);
            }));
        }
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());
}
