namespace Berth.Runtime.Shim;

/// <summary>What daemon and shim say to each other.</summary>
/// <remarks>
/// A connection's first message tells what it is for. <see cref="Prepare"/> comes once, over the socket that the shim inherits;
/// <see cref="Connect"/> makes a control connection, for requests, answers and events; after the answer to <see cref="Attach"/> the
/// connection is a process's streams, bare: output one way, in the Engine API's framing unless there is a terminal, and input the other way,
/// whose half-close is its end. The client sends nothing between <see cref="Attach"/> and its answer.
/// </remarks>
internal enum ShimMessage : uint
{
    /// <summary><see cref="ShimSettings"/>; answered when the shim listens.</summary>
    Prepare = 1,

    /// <summary>Answered by <see cref="ShimState"/>.</summary>
    Connect = 2,

    /// <summary><see cref="ShimAttach"/>.</summary>
    Attach = 3,

    /// <summary>Process id; answered by the process's pid. An empty process id is the container's first process, others are execs.</summary>
    Start = 4,

    /// <summary><see cref="ShimExec"/>; its process.json is already written.</summary>
    PrepareExec = 5,

    /// <summary>Process id, rows, columns.</summary>
    Resize = 6,

    /// <summary>Process id, signal.</summary>
    Signal = 7,

    Pause = 8,
    Resume = 9,

    /// <summary>Name of a file in the bundle with OCI runtime-spec resources.</summary>
    Update = 10,

    /// <summary>The answer when all is well: one number.</summary>
    Done = 64,

    /// <summary>The answer else: <see cref="ShimFailure"/>.</summary>
    Failed = 65,

    /// <summary>The answer to <see cref="Connect"/>: <see cref="ShimState"/>.</summary>
    State = 66,

    /// <summary>Event: <see cref="ShimExit"/>.</summary>
    Exited = 80,
}

/// <summary>All that a shim must know.</summary>
internal sealed record ShimSettings
{
    public required string ContainerId { get; init; }
    public required string BundleDirectory { get; init; }

    /// <summary>The descriptor at which a shim may have inherited the runtime's program.</summary>
    public const int RuntimeCopy = 4;

    /// <summary>The runtime's executable and global arguments.</summary>
    public required IReadOnlyList<string> Runtime { get; init; }

    /// <summary>Whether the executable is to be run from <see cref="RuntimeCopy"/>.</summary>
    public required bool HasRuntimeCopy { get; init; }

    public required string CgroupsPath { get; init; }
    public required bool Terminal { get; init; }
    public required bool OpenStdin { get; init; }
    public required int Rows { get; init; }
    public required int Columns { get; init; }

    /// <summary>Empty keeps no log.</summary>
    public required string LogPath { get; init; }

    public required long LogMaxSizeBytes { get; init; }
    public required int LogMaxFiles { get; init; }

    /// <summary>A JSON object that every entry carries as <c>attrs</c>; empty is none.</summary>
    public required string LogAttributes { get; init; }

    public ShimFrameWriter Write() => new ShimFrameWriter()
        .Write(ContainerId).Write(BundleDirectory).Write(Runtime).Write(HasRuntimeCopy).Write(CgroupsPath)
        .Write(Terminal).Write(OpenStdin).Write(Rows).Write(Columns)
        .Write(LogPath).Write(LogMaxSizeBytes).Write(LogMaxFiles).Write(LogAttributes);

    public static ShimSettings Read(ReadOnlySpan<byte> payload)
    {
        var reader = new ShimFrameReader(payload);
        return new()
        {
            ContainerId = reader.ReadString(),
            BundleDirectory = reader.ReadString(),
            Runtime = reader.ReadStrings(),
            HasRuntimeCopy = reader.ReadBoolean(),
            CgroupsPath = reader.ReadString(),
            Terminal = reader.ReadBoolean(),
            OpenStdin = reader.ReadBoolean(),
            Rows = reader.ReadInt32(),
            Columns = reader.ReadInt32(),
            LogPath = reader.ReadString(),
            LogMaxSizeBytes = reader.ReadInt64(),
            LogMaxFiles = reader.ReadInt32(),
            LogAttributes = reader.ReadString(),
        };
    }
}

internal sealed record ShimExec(string ProcessId, bool Terminal, bool OpenStdin, int Rows, int Columns)
{
    public ShimFrameWriter Write() => new ShimFrameWriter().Write(ProcessId).Write(Terminal).Write(OpenStdin).Write(Rows).Write(Columns);

    public static ShimExec Read(ReadOnlySpan<byte> payload)
    {
        var reader = new ShimFrameReader(payload);
        return new(reader.ReadString(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadInt32(), reader.ReadInt32());
    }
}

internal sealed record ShimAttach(string ProcessId, bool Stdin, bool Stdout, bool Stderr, bool CloseStdin)
{
    public ShimFrameWriter Write() => new ShimFrameWriter().Write(ProcessId).Write(Stdin).Write(Stdout).Write(Stderr).Write(CloseStdin);

    public static ShimAttach Read(ReadOnlySpan<byte> payload)
    {
        var reader = new ShimFrameReader(payload);
        return new(reader.ReadString(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean(), reader.ReadBoolean());
    }
}

/// <param name="IsRuntimeLog">Whether the text is the end of the runtime's log (JSON lines) and not a sentence.</param>
internal sealed record ShimFailure(bool IsRuntimeLog, string Text)
{
    public ShimFrameWriter Write() => new ShimFrameWriter().Write(IsRuntimeLog).Write(Text);

    public static ShimFailure Read(ReadOnlySpan<byte> payload)
    {
        var reader = new ShimFrameReader(payload);
        return new(reader.ReadBoolean(), reader.ReadString());
    }
}

/// <param name="AtTicks">When, in 100 ns since the year 1 (UTC).</param>
internal sealed record ShimExit(string ProcessId, int ExitCode, long AtTicks, bool OutOfMemory)
{
    public TaskExit ToTaskExit() => new(ExitCode, new DateTimeOffset(AtTicks, TimeSpan.Zero), OutOfMemory);

    public ShimFrameWriter Write() => new ShimFrameWriter().Write(ProcessId).Write(ExitCode).Write(AtTicks).Write(OutOfMemory);

    public static ShimExit Read(ReadOnlySpan<byte> payload)
    {
        var reader = new ShimFrameReader(payload);
        return new(reader.ReadString(), reader.ReadInt32(), reader.ReadInt64(), reader.ReadBoolean());
    }
}

/// <summary>What a newly connected daemon must know.</summary>
/// <param name="Pid">The container's first process; 0 before it is started.</param>
/// <param name="ExecIds">The execs that run, with <paramref name="ExecPids"/> at the same places.</param>
internal sealed record ShimState(string ContainerId, int Pid, IReadOnlyList<string> ExecIds, IReadOnlyList<int> ExecPids)
{
    public ShimFrameWriter Write()
    {
        ShimFrameWriter writer = new ShimFrameWriter().Write(ContainerId).Write(Pid).Write(ExecIds);
        foreach (int pid in ExecPids)
        {
            writer.Write(pid);
        }

        return writer;
    }

    public static ShimState Read(ReadOnlySpan<byte> payload)
    {
        var reader = new ShimFrameReader(payload);
        string containerId = reader.ReadString();
        int pid = reader.ReadInt32();
        string[] execs = reader.ReadStrings();
        var pids = new int[execs.Length];
        for (int i = 0; i < pids.Length; i++)
        {
            pids[i] = reader.ReadInt32();
        }

        return new(containerId, pid, execs, pids);
    }
}
