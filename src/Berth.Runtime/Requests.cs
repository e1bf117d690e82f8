namespace Berth.Runtime;

/// <summary>What is needed to run a container's first process.</summary>
public sealed record TaskRequest
{
    public required string ContainerId { get; init; }
    public required Bundle Bundle { get; init; }

    /// <summary>The OCI runtime's executable.</summary>
    public required string RuntimePath { get; init; }

    public IReadOnlyList<string> RuntimeArguments { get; init; } = [];
    /// <summary>The cgroup that <c>config.json</c> names, from the root of each hierarchy. Source: runtime-spec, config-linux.md, "Cgroups Path".</summary>
    public required string CgroupsPath { get; init; }

    public bool Terminal { get; init; }

    /// <summary>Whether the process has an input that stays open while nobody is attached.</summary>
    public bool OpenStdin { get; init; }

    public required LogTarget Log { get; init; }

    /// <summary>Rows and columns of the terminal at start; zeros leave the kernel's default.</summary>
    public (int Rows, int Columns) ConsoleSize { get; init; }
}

/// <summary>Where output is kept. The shim writes it, so that no daemon is needed for a log without a hole.</summary>
public sealed record LogTarget
{
    /// <summary>Path of the json-file log; null keeps nothing.</summary>
    public string? Path { get; init; }

    /// <summary>Bytes before the file is rotated; -1 is unlimited.</summary>
    public long MaxSizeBytes { get; init; } = -1;

    /// <summary>Files kept, the current one included.</summary>
    public int MaxFiles { get; init; } = 1;

    /// <summary>A JSON object of labels and environment that every entry carries as <c>attrs</c> (log options labels, env, tag); null is none.</summary>
    public string? AttributesJson { get; init; }
}

public sealed record AttachRequest
{
    public bool Stdin { get; init; }
    public bool Stdout { get; init; }
    public bool Stderr { get; init; }

    /// <summary>Whether the end of this attachment's input is the end of the process's input (Docker's StdinOnce).</summary>
    public bool CloseStdin { get; init; }
}

public sealed record ExecRequest
{
    public required string ExecId { get; init; }

    /// <summary>The process as OCI runtime-spec JSON (config.md, "Process").</summary>
    public required ReadOnlyMemory<byte> ProcessJson { get; init; }

    public bool Terminal { get; init; }
    public bool OpenStdin { get; init; }
    public (int Rows, int Columns) ConsoleSize { get; init; }
}

/// <param name="ExitCode">The process's own code, or 128 + signal.</param>
/// <param name="OutOfMemory">Whether the kernel killed a process of the container's cgroup for memory.</param>
public sealed record TaskExit(int ExitCode, DateTimeOffset At, bool OutOfMemory);

/// <summary>The runtime said no. The message is the part behind Docker's "failed to create task for container: …".</summary>
public sealed class RuntimeFailureException(string message, int exitCode = 128, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>What Docker records as the container's exit code: 127 command not found, 126 command cannot be invoked, else 128.</summary>
    public int ExitCode { get; } = exitCode;
}
