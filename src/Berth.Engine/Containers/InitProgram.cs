namespace Berth.Engine.Containers;

/// <summary>The little first process of <c>--init</c>: forwards signals and reaps what is left.</summary>
internal static class InitProgram
{
    /// <summary>Where it stands in the container, as Docker has it.</summary>
    public const string PathInContainer = "/sbin/docker-init";

    private static readonly string[] Names = ["docker-init", "tini-static", "tini", "catatonit"];

    /// <exception cref="EngineException">There is none on this host.</exception>
    public static string Find(EngineOptions options)
    {
        if (options.InitPath is { Length: > 0 } configured)
        {
            return File.Exists(configured) ? configured : throw HostConfigErrors.NoInitProgram(configured);
        }

        string[] directories = [options.ProgramDirectory, .. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':'), "/usr/libexec/docker"];
        return Names.SelectMany(name => directories.Where(directory => directory.Length > 0).Select(directory => Path.Combine(directory, name)))
            .FirstOrDefault(File.Exists) ?? throw HostConfigErrors.NoInitProgram("docker-init");
    }
}
