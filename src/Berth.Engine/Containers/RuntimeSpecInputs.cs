using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers;

/// <summary>What the host had to say before a <c>config.json</c> can be composed: all else is in the spec.</summary>
internal sealed record RuntimeSpecInputs
{
    public required string RootFsPath { get; init; }
    public required RuntimeUser User { get; init; }

    /// <summary>Network namespace to join; null is the host's.</summary>
    public string? NetworkNamespace { get; init; }

    /// <summary>IPC and PID namespaces of another container to join.</summary>
    public string? IpcNamespace { get; init; }

    public string? PidNamespace { get; init; }

    /// <summary>Host's directory to have as /dev/shm; null makes one, unless the IPC mode is <c>none</c>.</summary>
    public string? SharedMemory { get; init; }

    public string Hostname { get; init; } = "";

    /// <summary>hosts, hostname and resolv.conf: path in the container, path on the host.</summary>
    public IReadOnlyList<(string Destination, string Source)> NetworkFiles { get; init; } = [];

    public IReadOnlyList<LinuxDevice> Devices { get; init; } = [];
    public IReadOnlyList<DeviceRule> DeviceRules { get; init; } = [];

    /// <summary>Program of <c>--init</c>; null without.</summary>
    public string? InitPath { get; init; }

    public string? RootPropagation { get; init; }
    public BlockIoResources? BlockIo { get; init; }
}
