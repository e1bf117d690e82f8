using System.Diagnostics;
using Berth.TestHost;

namespace Berth.Client.Tests;

/// <summary>How a program ended and what it wrote.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Error);

/// <summary>Runs the docker client, which is our specification, and our own beside it.</summary>
internal static class CommandLine
{
    private static readonly Lazy<string?> s_docker = new(FindDocker);

    /// <summary>The docker client of the version that we follow; skips the test where there is none.</summary>
    public static string Docker
    {
        get
        {
            Assert.SkipWhen(s_docker.Value is null, "needs the docker client, version 28");
            return s_docker.Value!; // the line before has looked
        }
    }

    /// <summary>Our program as it was built beside the tests.</summary>
    public static string Berth => Path.Combine(AppContext.BaseDirectory, "berth");

    public static Task<Outcome> DockerAsync(string? host, params string[] arguments) => RunAsync(Docker, host, null, arguments);

    public static Task<Outcome> BerthAsync(string? host, params string[] arguments) => RunAsync(Berth, host, null, arguments);

    /// <param name="program">Its path.</param>
    /// <param name="host">DOCKER_HOST.</param>
    /// <param name="input">Standard input; null for none.</param>
    /// <param name="arguments">Its words.</param>
    public static async Task<Outcome> RunAsync(string program, string? host, string? input, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(name => name.StartsWith("DOCKER_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        start.Environment["HOME"] = "/root";
        start.Environment["DOCKER_CONFIG"] = "/nonexistent/config";
        start.Environment["TZ"] = "UTC";
        if (host is not null)
        {
            start.Environment["DOCKER_HOST"] = host;
        }

        using Process process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        try
        {
            await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromMinutes(2)).Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} does not end");
        }

        return new Outcome(process.ExitCode, await output, await error);
    }

    private static string? FindDocker()
    {
        if (Machine.FindOnPath("docker") is not { } path)
        {
            return null;
        }

        var start = new ProcessStartInfo(path, ["--version"]) { RedirectStandardOutput = true };
        using Process? process = Process.Start(start);
        return process?.StandardOutput.ReadToEnd().StartsWith("Docker version 28.", StringComparison.Ordinal) == true ? path : null;
    }
}
