namespace Berth.TestHost;

/// <summary>Which docker client the end-to-end tests speak through.</summary>
public static class DockerProgram
{
    /// <summary>BERTH_TEST_CLIENT=berth takes ours, a path takes that one; else the stock client on PATH, else ours.</summary>
    public static string Path { get; } = Environment.GetEnvironmentVariable("BERTH_TEST_CLIENT") switch
    {
        "berth" => Ours,
        { Length: > 0 } path => path,
        _ => Machine.FindOnPath("docker") ?? Ours,
    };

    public static string Ours => System.IO.Path.Combine(Machine.ProgramDirectory, "docker");
}
