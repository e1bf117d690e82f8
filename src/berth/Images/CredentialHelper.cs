using System.Diagnostics;

namespace Berth.Cli.Images;

/// <summary>Calls <c>docker-credential-NAME</c>: one word of action, the rest through its standard input and output.</summary>
internal static class CredentialHelper
{
    /// <returns>What it answered; why not, where it failed.</returns>
    /// <exception cref="CommandException">There is no such program.</exception>
    public static string Run(string helper, string action, string input, out bool succeeded)
    {
        var start = new ProcessStartInfo($"docker-credential-{helper}", [action])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
#pragma warning disable RS0030 // the helpers are programs of the user's, which only the client calls
            using Process process = Process.Start(start) ?? throw new CommandException($"docker-credential-{helper} did not start");
#pragma warning restore RS0030
            process.StandardInput.Write(input);
            process.StandardInput.Close();
            string answer = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            succeeded = process.ExitCode == 0;
            return answer;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new CommandException($"error getting credentials - err: exec: \"docker-credential-{helper}\": executable file not found in $PATH, out: ``");
        }
    }
}
