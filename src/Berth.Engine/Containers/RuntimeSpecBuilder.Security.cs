using Berth.Api.Containers;
using Berth.Engine.Containers.Security;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers;

internal sealed partial class RuntimeSpecBuilder
{
    private const string ContainerMode = "container:";

    /// <summary>Rules of the built-in profile for the capabilities most containers have: resolved once.</summary>
    private readonly Lazy<LinuxSeccomp> _defaultSeccomp = new(() => SeccompProfile.BuiltInProfile.Resolve(
        CapabilityNames.Resolve([], [], privileged: false, host.Capabilities), host));

    private readonly SeccompPrograms _seccompPrograms = new();

    /// <summary>Capabilities of the container's first process, and of exec's unless they are privileged.</summary>
    internal IReadOnlyList<string> CapabilitiesOf(HostConfig hostConfig) =>
        CapabilityNames.Resolve(hostConfig.CapAdd ?? [], hostConfig.CapDrop ?? [], hostConfig.Privileged, host.Capabilities);

    /// <summary>
    /// For root all sets but the inheritable and ambient one; for others the bounding set alone, as execve(2) would leave it. moby 28: oci/oci.go, SetCapabilities.
    /// </summary>
    internal static ProcessCapabilities CapabilitySets(IReadOnlyList<string> capabilities, uint uid) => uid == 0
        ? new ProcessCapabilities { Bounding = capabilities, Effective = capabilities, Permitted = capabilities }
        : new ProcessCapabilities { Bounding = capabilities };

    /// <summary>Compiles what most containers need, before the first of them does.</summary>
    public void WarmUp() => _ = _seccompPrograms.Of(_defaultSeccomp.Value);

    private RuntimeSpecDocument WithSeccompProgram(RuntimeSpecDocument document) =>
        document.Linux.Seccomp is { } rules
        && document.Annotations?.ContainsKey(SeccompPrograms.Annotation) is not true
        && _seccompPrograms.Of(rules) is { } program
            ? document with { Annotations = new Dictionary<string, string>(document.Annotations ?? new Dictionary<string, string>()) { [SeccompPrograms.Annotation] = program } }
            : document;

    private LinuxSeccomp? SeccompOf(HostConfig hostConfig, SecurityOptions security, IReadOnlyList<string> capabilities)
    {
        if (!host.Seccomp || (hostConfig.Privileged && security.Seccomp is null or ""))
        {
            return null;
        }

        string? profile = security.Seccomp is null or "" ? options.SeccompProfile : security.Seccomp;
        return profile switch
        {
            SecurityOptions.Unconfined => null,
            null or "" or SeccompProfile.BuiltIn => hostConfig is { CapAdd: null or { Count: 0 }, CapDrop: null or { Count: 0 }, Privileged: false }
                ? _defaultSeccomp.Value
                : SeccompProfile.BuiltInProfile.Resolve(capabilities, host),
            // the request brings the profile itself, the daemon's configuration its path
            _ => SeccompProfile.Parse(security.Seccomp is null or "" ? SeccompProfile.Read(profile) : profile) is { IsEmpty: false } given
                ? given.Resolve(capabilities, host)
                : null,
        };
    }

    private static List<LinuxNamespace> NamespacesOf(HostConfig hostConfig, RuntimeSpecInputs inputs)
    {
        List<LinuxNamespace> namespaces = [new("mount")];
        if (inputs.NetworkNamespace is { } network)
        {
            namespaces.Add(new LinuxNamespace("network", network));
        }

        if (hostConfig.UTSMode is not "host")
        {
            namespaces.Add(new LinuxNamespace("uts"));
        }

        if (hostConfig.PidMode is not "host")
        {
            namespaces.Add(new LinuxNamespace("pid", inputs.PidNamespace));
        }

        if (hostConfig.IpcMode is not "host")
        {
            namespaces.Add(new LinuxNamespace("ipc", inputs.IpcNamespace));
        }

        if (hostConfig.CgroupnsMode is "private")
        {
            namespaces.Add(new LinuxNamespace("cgroup"));
        }

        return namespaces;
    }

    private static string? NamespaceOf(string mode, string kind, Func<string, int> processOf) =>
        mode.StartsWith(ContainerMode, StringComparison.Ordinal) ? $"/proc/{processOf(mode[ContainerMode.Length..])}/ns/{kind}" : null;

    /// <summary>Ping and ports below 1024 without privileges, which a network namespace of one's own makes harmless; then what the user set.</summary>
    private Dictionary<string, string>? SysctlsOf(ContainerSpec spec)
    {
        HostConfig hostConfig = spec.HostConfig;
        var sysctls = new Dictionary<string, string>(StringComparer.Ordinal);
        if (host.UnprivilegedNetworking && hostConfig.NetworkMode is not "host" && !hostConfig.NetworkMode.StartsWith(ContainerMode, StringComparison.Ordinal))
        {
            sysctls["net.ipv4.ping_group_range"] = "0 2147483647";
            sysctls["net.ipv4.ip_unprivileged_port_start"] = "0";
        }

        if (spec.Config.Domainname.Length > 0 && hostConfig.UTSMode is not "host")
        {
            // runtime-spec has a field for it since 1.1 only
            sysctls["kernel.domainname"] = spec.Config.Domainname;
        }

        foreach ((string name, string value) in hostConfig.Sysctls ?? new Dictionary<string, string>())
        {
            sysctls[name] = value;
        }

        return sysctls.Count == 0 ? null : sysctls;
    }
}
