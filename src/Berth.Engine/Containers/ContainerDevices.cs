using System.Globalization;
using Berth.Api.Containers;
using Berth.Linux;
using Berth.Linux.Devices;
using Berth.Oci.RuntimeSpec;

namespace Berth.Engine.Containers;

/// <summary>Devices of the host that a container gets, and the rules of its device cgroup.</summary>
internal static class ContainerDevices
{
    private const string AllAccess = "rwm";

    /// <summary>Nothing but zero, null, urandom, random, tty and console; fuse by name not. moby 28: oci/defaults.go, defaultLinuxDeviceRules.</summary>
    private static readonly DeviceRule[] DefaultRules =
    [
        new(Allow: false, Access: AllAccess),
        new(Allow: true, "c", 1, 5, AllAccess),
        new(Allow: true, "c", 1, 3, AllAccess),
        new(Allow: true, "c", 1, 9, AllAccess),
        new(Allow: true, "c", 1, 8, AllAccess),
        new(Allow: true, "c", 5, 0, AllAccess),
        new(Allow: true, "c", 5, 1, AllAccess),
        new(Allow: false, "c", 10, 229, AllAccess),
    ];

    /// <exception cref="EngineException">A device is not there.</exception>
    public static (IReadOnlyList<LinuxDevice> Devices, IReadOnlyList<DeviceRule> Rules) Resolve(HostConfig hostConfig)
    {
        var devices = new List<LinuxDevice>();
        if (hostConfig.Privileged)
        {
            devices.AddRange(DeviceNode.Below("/dev").Select(node => ToDevice(node, node.Path)));
            foreach (DeviceMapping mapping in hostConfig.Devices ?? [])
            {
                // the same path is there already, with all of /dev
                if (mapping.PathOnHost != mapping.PathInContainer)
                {
                    devices.AddRange(Map(mapping).Select(pair => ToDevice(pair.Node, pair.Path)));
                }
            }

            return (devices, [new DeviceRule(Allow: true, Access: AllAccess)]);
        }

        var rules = new List<DeviceRule>(DefaultRules);
        foreach (DeviceMapping mapping in hostConfig.Devices ?? [])
        {
            foreach ((DeviceNode node, string path) in Map(mapping))
            {
                devices.Add(ToDevice(node, path));
                rules.Add(new DeviceRule(Allow: true, node.Type, node.Major, node.Minor,
                    mapping.CgroupPermissions.Length == 0 ? AllAccess : mapping.CgroupPermissions));
            }
        }

        rules.AddRange((hostConfig.DeviceCgroupRules ?? []).Select(ParseRule));
        return (devices, rules);
    }

    /// <summary>Limits by block device; null without any.</summary>
    /// <exception cref="EngineException">A path is not there.</exception>
    public static BlockIoResources? BlockIo(HostConfig hostConfig)
    {
        var limits = new BlockIoResources
        {
            Weight = hostConfig.BlkioWeight > 0 ? (ushort)hostConfig.BlkioWeight : null,
            WeightDevice = hostConfig.BlkioWeightDevice is { Count: > 0 } weights
                ? [.. weights.Select(device => (Node: Block(device.Path), device.Weight)).Select(pair => new WeightDevice(pair.Node.Major, pair.Node.Minor, (ushort)pair.Weight))]
                : null,
            ThrottleReadBpsDevice = Throttle(hostConfig.BlkioDeviceReadBps),
            ThrottleWriteBpsDevice = Throttle(hostConfig.BlkioDeviceWriteBps),
            ThrottleReadIOPSDevice = Throttle(hostConfig.BlkioDeviceReadIOps),
            ThrottleWriteIOPSDevice = Throttle(hostConfig.BlkioDeviceWriteIOps),
        };
        return limits == new BlockIoResources() ? null : limits;
    }

    /// <summary>A form that <see cref="HostConfigValidation"/> has checked: <c>c 1:* rwm</c>.</summary>
    internal static DeviceRule ParseRule(string rule)
    {
        string[] parts = rule.Split(' ', ':');
        long? Number(string text) => text is "*" ? null : long.Parse(text, CultureInfo.InvariantCulture);
        return new DeviceRule(Allow: true, parts[0], Number(parts[1]), Number(parts[2]), parts[3]);
    }

    /// <summary>A device, or all those below a directory, with the path each has in the container. moby 28: oci/devices_linux.go, DevicesFromPath.</summary>
    private static (DeviceNode Node, string Path)[] Map(DeviceMapping mapping)
    {
        string inContainer = mapping.PathInContainer.Length == 0 ? mapping.PathOnHost : mapping.PathInContainer;
        DeviceNode? single;
        try
        {
            single = DeviceNode.TryRead(mapping.PathOnHost);
        }
        catch (LinuxException e)
        {
            throw Failure(mapping, e.Reason);
        }

        if (single is not null)
        {
            return [(single, inContainer)];
        }

        string directory = File.ResolveLinkTarget(mapping.PathOnHost, returnFinalTarget: true)?.FullName ?? mapping.PathOnHost;
        (DeviceNode Node, string Path)[] below = Directory.Exists(directory)
            ? [.. DeviceNode.Below(directory).Select(node => (node, inContainer + node.Path[directory.Length..]))]
            : [];
        return below.Length > 0 ? below : throw Failure(mapping, "not a device node");
    }

    private static EngineException Failure(DeviceMapping mapping, string reason) =>
        new(ErrorKind.System, $"error gathering device information while adding custom device \"{mapping.PathOnHost}\": {reason}");

    private static LinuxDevice ToDevice(DeviceNode node, string path) =>
        new(node.Type, path, node.Major, node.Minor, (uint)node.Permissions, node.Uid, node.Gid);

    private static List<Oci.RuntimeSpec.ThrottleDevice>? Throttle(IReadOnlyList<Api.Containers.ThrottleDevice>? devices) => devices is not { Count: > 0 }
        ? null
        : [.. devices.Select(device => (Node: Block(device.Path), device.Rate))
            .Select(pair => new Oci.RuntimeSpec.ThrottleDevice(pair.Node.Major, pair.Node.Minor, (ulong)pair.Rate))];

    private static DeviceNode Block(string path)
    {
        try
        {
            return DeviceNode.TryRead(path) ?? throw new EngineException(ErrorKind.System, $"stat {path}: not a device node");
        }
        catch (LinuxException e)
        {
            throw new EngineException(ErrorKind.System, $"stat {path}: {e.Reason}", e);
        }
    }
}
