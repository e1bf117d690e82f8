using System.Text.RegularExpressions;
using Berth.Api.Containers;

namespace Berth.Engine.Containers;

internal sealed partial class HostConfigValidation
{
    /// <summary>Settings that the kernel keeps by IPC namespace. Source: ipc_namespaces(7), mq_overview(7).</summary>
    private static readonly string[] IpcSysctls =
    [
        "kernel.msgmax", "kernel.msgmnb", "kernel.msgmni", "kernel.sem", "kernel.shmall", "kernel.shmmax", "kernel.shmmni", "kernel.shm_rmid_forced",
    ];

    private static void CheckDevices(HostConfig hostConfig)
    {
        foreach (DeviceRequest request in hostConfig.DeviceRequests ?? [])
        {
            throw HostConfigErrors.NoDeviceDriver(request.Driver, request.Capabilities ?? []);
        }

        foreach (string rule in hostConfig.DeviceCgroupRules ?? [])
        {
            if (!DeviceRulePattern.IsMatch(rule))
            {
                throw HostConfigErrors.InvalidDeviceRule(rule);
            }
        }

        foreach (DeviceMapping device in hostConfig.Devices ?? [])
        {
            if (device.CgroupPermissions.AsSpan().IndexOfAnyExcept("rwm") >= 0)
            {
                throw HostConfigErrors.Invalid($"invalid device mode: {device.CgroupPermissions}");
            }
        }
    }

    /// <summary>Only what a namespace of the container's own holds may be set: the rest is the host's. runc: libcontainer/configs/validate, sysctl.</summary>
    private static void CheckSysctls(HostConfig hostConfig)
    {
        foreach (string given in hostConfig.Sysctls?.Keys ?? [])
        {
            string name = given.Replace('/', '.');
            bool isNetwork = name.StartsWith("net.", StringComparison.Ordinal);
            bool isIpc = IpcSysctls.Contains(name) || name.StartsWith("fs.mqueue.", StringComparison.Ordinal);
            bool isUts = name is "kernel.domainname";
            if (!isNetwork && !isIpc && !isUts)
            {
                throw HostConfigErrors.Sysctl(given);
            }

            if (isNetwork && hostConfig.NetworkMode is "host")
            {
                throw HostConfigErrors.SysctlNetwork(given);
            }

            if ((isIpc && hostConfig.IpcMode is "host") || (isUts && hostConfig.UTSMode is "host"))
            {
                throw HostConfigErrors.Invalid($"sysctl '{given}' is not allowed in the host's {(isIpc ? "ipc" : "uts")} namespace");
            }
        }
    }

    [GeneratedRegex(@"^[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}\z")]
    private static partial Regex DeviceRulePattern { get; }
}
