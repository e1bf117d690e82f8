using System.Text.Json.Nodes;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;
using Berth.Runtime.Shim;

namespace Berth.Runtime;

/// <summary>Tries an OCI runtime out: a container in an empty directory, whose command is missing.</summary>
/// <remarks>
/// To find that out the runtime must have made the namespaces, mounts and cgroups of a container, so "no such file" is the proof that it
/// can work here; every other word is the reason why not. Nothing is executed, so nothing is needed but the runtime.
/// </remarks>
internal static class RuntimeProbe
{
    private const string MissingCommand = "/probe";

    /// <param name="directory">Where the trial's files may lie meanwhile.</param>
    /// <returns>Null where it works, else why it does not.</returns>
    public static string? WhyNot(string runtimePath, IReadOnlyList<string> runtimeArguments, string directory)
    {
        string id = $"berth-probe-{Environment.ProcessId}-{Guid.NewGuid():N}"[..32];
        string bundle = Path.Combine(directory, id);
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs", "proc"));
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs", "dev")); // crun opens it before it looks for the command
        try
        {
            File.WriteAllText(Path.Combine(bundle, "config.json"), Config(id).ToJsonString());
            string log = Path.Combine(bundle, "log");
            string[] general = [runtimePath, .. runtimeArguments, "--root", Path.Combine(bundle, "state"), "--log", log, "--log-format", "json"];
            WaitStatus status = Run([.. general, "run", "--detach", "--bundle", bundle, id]);
            _ = Run([.. general, "delete", "--force", id]);
            string text = File.Exists(log) ? File.ReadAllText(log) : "";
            RuntimeFailureException failure = RuntimeFailure.OfCreate(
                new ShimFailure(IsRuntimeLog: text.Length > 0, text.Length > 0 ? text : $"it ended with code {status.ExitCode} and without a word"),
                static () => MissingCommand);
            return failure.ExitCode == RuntimeFailure.NotFound ? null : text.Length > 0 ? RuntimeFailure.LastError(text) : failure.Message;
        }
        catch (LinuxException exception)
        {
            return exception.Message;
        }
        finally
        {
            Directory.Delete(bundle, recursive: true);
        }
    }

    private static WaitStatus Run(IReadOnlyList<string> arguments)
    {
        using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
        return ChildProcess.Wait(ChildProcess.Spawn(new SpawnRequest
        {
            Path = arguments[0],
            Arguments = arguments,
            Descriptors = [nothing, nothing, nothing],
        }));
    }

    private static JsonObject Config(string id) => new()
    {
        ["ociVersion"] = "1.0.2",
        ["process"] = new JsonObject
        {
            ["user"] = new JsonObject { ["uid"] = 0, ["gid"] = 0 },
            ["args"] = new JsonArray(MissingCommand),
            ["env"] = new JsonArray("PATH=/"),
            ["cwd"] = "/",
        },
        ["root"] = new JsonObject { ["path"] = "rootfs" },
        ["mounts"] = new JsonArray(new JsonObject { ["destination"] = "/proc", ["type"] = "proc", ["source"] = "proc" }),
        ["linux"] = new JsonObject
        {
            ["cgroupsPath"] = $"/berth-probe/{id}",
            ["namespaces"] = new JsonArray([.. ((string[])["pid", "ipc", "uts", "mount"]).Select(static type => new JsonObject { ["type"] = type })]),
        },
    };
}
