namespace Berth.Runtime;

/// <summary>One container's directory at run time, below the exec root. This is its drawing; nobody else joins these paths.</summary>
/// <remarks>
/// <code>
/// &lt;directory&gt;/
///   config.json     OCI runtime-spec, written before the shim starts
///   rootfs/         where the container's root file system is mounted
///   shim.sock       the shim listens here, mode 0600
///   shim.pid        the shim's process id and start time
///   shim.log        what a shim that fails has to say; empty else
///   runtime.args    the runtime's executable, its global arguments and the container id, each ended by a zero byte
///   init.pid        the container's first process, by the runtime; the shim adds its start time
///   exit            the exit, written by temp + rename before anybody is told
///   runtime.log     what the OCI runtime had to say, JSON lines
///   exec/           &lt;exec id&gt;.json, .pid and .log per running exec
/// </code>
/// </remarks>
public sealed partial record Bundle(string Directory)
{
    // Names, for the shim, whose working directory is the bundle: relative paths are always short enough for a socket.
    internal const string SocketName = "shim.sock";
    internal const string ShimPidName = "shim.pid";
    internal const string ShimLogName = "shim.log";
    internal const string InitPidName = "init.pid";
    internal const string ExitName = "exit";
    internal const string RuntimeLogName = "runtime.log";
    internal const string RuntimeArgumentsName = "runtime.args";
    internal const string ConsoleSocketName = "console.sock";
    internal const string ExecDirectoryName = "exec";

    public string ConfigPath => Path.Combine(Directory, "config.json");
    public string RootFsPath => Path.Combine(Directory, "rootfs");
    public string SocketPath => Path.Combine(Directory, SocketName);
    public string ShimPidPath => Path.Combine(Directory, ShimPidName);
    public string InitPidPath => Path.Combine(Directory, InitPidName);
    public string ExitPath => Path.Combine(Directory, ExitName);
    public string RuntimeLogPath => Path.Combine(Directory, RuntimeLogName);
    public string RuntimeArgumentsPath => Path.Combine(Directory, RuntimeArgumentsName);
    public string ShimLogPath => Path.Combine(Directory, ShimLogName);
    public string ExecDirectory => Path.Combine(Directory, ExecDirectoryName);

    /// <summary>The recorded exit, or null where there is none: the process still runs, or the machine went down with it.</summary>
    public TaskExit? ReadExit() => ExitRecord.Read(ExitPath);

    internal static string ExecProcessName(string execId) => $"{ExecDirectoryName}/{execId}.json";

    internal static string ExecPidName(string execId) => $"{ExecDirectoryName}/{execId}.pid";

    internal static string ExecLogName(string execId) => $"{ExecDirectoryName}/{execId}.log";
}
