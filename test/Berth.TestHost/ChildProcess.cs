using System.Diagnostics;
using System.Text;

namespace Berth.TestHost;

/// <summary>What a finished program said.</summary>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Standard output without trailing line ends.</summary>
    public string Text => Output.TrimEnd('\n', '\r');

    /// <exception cref="Xunit.Sdk.XunitException">It failed; the message has all it said.</exception>
    public CommandResult Succeeds()
    {
        Assert.True(ExitCode == 0, $"exit code {ExitCode}\nstdout: {Output}\nstderr: {Error}");
        return this;
    }
}

/// <summary>A program as a user runs it.</summary>
public static class ChildProcess
{
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IReadOnlyDictionary<string, string?>? environment = null,
        string? input = null,
        TimeSpan? timeout = null)
    {
        using Process process = Start(program, arguments, environment, input is not null);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
        }

        using var limit = new CancellationTokenSource(timeout ?? TimeSpan.FromMinutes(2));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            string soFar = string.Join('\n', await Task.WhenAll(output, error));
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end; it said:\n{soFar}");
        }

        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>Starts a program with its streams redirected; the caller ends it.</summary>
    public static Process Start(string program, IEnumerable<string> arguments, IReadOnlyDictionary<string, string?>? environment = null, bool input = false)
    {
        var start = new ProcessStartInfo(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = input,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach ((string name, string? value) in environment ?? new Dictionary<string, string?>())
        {
            if (value is null)
            {
                start.Environment.Remove(name);
            }
            else
            {
                start.Environment[name] = value;
            }
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }
}
