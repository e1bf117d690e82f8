using System.Text.Json;
using Berth.Api.Containers;
using Berth.Engine.Containers.Security;
using Berth.Linux.Roots;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers;

internal sealed partial class RuntimeSpecBuilder
{
    /// <summary>A further process of a running container: as confined as the first one, but for what the request says. moby 28: daemon/exec.go, exec_linux.go.</summary>
    /// <param name="rootFsPath">Where the container's root file system is mounted.</param>
    /// <exception cref="EngineException">The user does not exist.</exception>
    public byte[] BuildExec(ContainerSpec spec, string rootFsPath, ExecCreateRequest request)
    {
        using RootDirectory root = RootDirectory.Open(rootFsPath);
        string user = request.User.Length > 0 ? request.User : spec.Config.User;
        return JsonSerializer.SerializeToUtf8Bytes(
            ComposeExec(spec, ContainerUser.Resolve(root, user, spec.HostConfig.GroupAdd ?? []), request), RuntimeSpecJson.Plain.RuntimeProcess);
    }

    internal RuntimeProcess ComposeExec(ContainerSpec spec, RuntimeUser user, ExecCreateRequest request)
    {
        SecurityOptions security = SecurityOptions.Parse(spec.HostConfig.SecurityOpt);
        List<string> environment = EnvironmentOf(spec.Config with { Tty = request.Tty }, spec.Config.Hostname);
        Override(environment, request.Env ?? []);
        string workingDirectory = request.WorkingDir.Length > 0 ? request.WorkingDir : spec.Config.WorkingDir;
        return new RuntimeProcess
        {
            Terminal = request.Tty,
            ConsoleSize = request.Tty && request.ConsoleSize is [> 0 and var rows, > 0 and var columns] ? new ConsoleSize((uint)rows, (uint)columns) : null,
            User = user,
            Args = request.Cmd ?? [],
            Env = environment,
            Cwd = workingDirectory.Length == 0 ? "/" : workingDirectory,
            Capabilities = request.Privileged
                ? CapabilitySets(host.Capabilities, uid: 0)
                : CapabilitySets(CapabilitiesOf(spec.HostConfig), user.Uid),
            Rlimits = LimitsOf(spec.HostConfig),
            NoNewPrivileges = security.NoNewPrivileges ?? options.NoNewPrivileges,
            ApparmorProfile = !host.AppArmor ? null
                : request.Privileged ? SecurityOptions.Unconfined
                : security.AppArmor is { Length: > 0 } profile ? profile : null,
            OomScoreAdj = (int)spec.HostConfig.OomScoreAdj,
        };
    }
}
