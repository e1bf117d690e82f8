using Berth.Engine.Networks;

namespace Berth.Engine.Containers;

/// <summary>From what was asked to the <c>config.json</c> an OCI runtime carries out.</summary>
internal sealed partial class RuntimeSpecBuilder(EngineOptions options, EnginePaths paths, HostFacts host)
{
    /// <summary>Resolves the user in the container's own passwd and group files and makes its working directory, then composes the document.</summary>
    /// <param name="rootFsPath">Where the container's root file system is mounted.</param>
    /// <param name="processOf">Process id of a running container, for <c>PidMode</c> and <c>IpcMode</c> <c>container:…</c>; throws where it does not run.</param>
    /// <exception cref="EngineException">The user does not exist, a device is missing, …</exception>
    public byte[] Build(ContainerSpec spec, Sandbox sandbox, string rootFsPath, Func<string, int> processOf) =>
        throw new NotImplementedException($"{options.DataRoot} {paths.DataRoot} {host.CgroupV2} {spec.Id} {sandbox.NamespacePath} {rootFsPath} {processOf}");
}
