namespace Berth.Runtime;

/// <summary>One container's directory at run time, below the exec root. This is its drawing; nobody else joins these paths.</summary>
/// <remarks>
/// <code>
/// &lt;directory&gt;/
///   config.json     OCI runtime-spec, written before the shim starts
///   rootfs/         where the container's root file system is mounted
///   shim.sock       the shim listens here, mode 0600
///   shim.pid        the shim's process id and start time
///   init.pid        the container's first process, by the runtime
///   exit            the exit, written by temp + rename before anybody is told
///   runtime.log     what the OCI runtime had to say, JSON lines
///   exec/           one process.json and pid file per running exec
/// </code>
/// </remarks>
public sealed partial record Bundle(string Directory)
{
    public string ConfigPath => Path.Combine(Directory, "config.json");
    public string RootFsPath => Path.Combine(Directory, "rootfs");
    public string SocketPath => Path.Combine(Directory, "shim.sock");
    public string ShimPidPath => Path.Combine(Directory, "shim.pid");
    public string InitPidPath => Path.Combine(Directory, "init.pid");
    public string ExitPath => Path.Combine(Directory, "exit");
    public string RuntimeLogPath => Path.Combine(Directory, "runtime.log");
    public string ExecDirectory => Path.Combine(Directory, "exec");

    /// <summary>The recorded exit, or null where there is none: the process still runs, or the machine went down with it.</summary>
    public TaskExit? ReadExit() => throw new NotImplementedException();
}
