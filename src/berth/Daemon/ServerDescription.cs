using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Berth.Cli.Daemon;

/// <summary>The daemon's part of <c>info</c>.</summary>
/// <remarks>Source of the lines and their order: docker/cli 28, system/info.go, prettyPrintServerInfo.</remarks>
internal static class ServerDescription
{
    public static void Append(StringBuilder text, JsonElement info)
    {
        AppendContents(text, info);
        AppendPlugins(text, info);
        AppendRuntimes(text, info);
        AppendMachine(text, info);
        AppendSettings(text, info);
    }

    private static void AppendContents(StringBuilder text, JsonElement info)
    {
        text.Append($" Containers: {info.Digits("Containers")}\n");
        text.Append($"  Running: {info.Digits("ContainersRunning")}\n");
        text.Append($"  Paused: {info.Digits("ContainersPaused")}\n");
        text.Append($"  Stopped: {info.Digits("ContainersStopped")}\n");
        text.Append($" Images: {info.Digits("Images")}\n");
        IfSet(text, "Server Version", info.Text("ServerVersion"));
        IfSet(text, "Storage Driver", info.Text("Driver"));
        foreach (JsonElement pair in info.Items("DriverStatus").Where(pair => pair.GetArrayLength() == 2))
        {
            text.Append($"  {pair[0]}: {pair[1]}\n");
        }

        IfSet(text, "Logging Driver", info.Text("LoggingDriver"));
        IfSet(text, "Cgroup Driver", info.Text("CgroupDriver"));
        IfSet(text, "Cgroup Version", info.Text("CgroupVersion"));
    }

    private static void AppendPlugins(StringBuilder text, JsonElement info)
    {
        JsonElement plugins = info.Member("Plugins") ?? default;
        text.Append(" Plugins:\n");
        text.Append($"  Volume: {Words(plugins, "Volume")}\n");
        text.Append($"  Network: {Words(plugins, "Network")}\n");
        if (plugins.Items("Authorization").Any())
        {
            text.Append($"  Authorization: {Words(plugins, "Authorization")}\n");
        }

        text.Append($"  Log: {Words(plugins, "Log")}\n");
        if (info.Items("CDISpecDirs").Any())
        {
            text.Append(" CDI spec directories:\n");
            foreach (JsonElement directory in info.Items("CDISpecDirs"))
            {
                text.Append($"  {directory}\n");
            }
        }

        text.Append($" Swarm: {(info.Member("Swarm")?.Text("LocalNodeState") is { Length: > 0 } state ? state : "inactive")}\n");
    }

    private static string Words(JsonElement owner, string name) => string.Join(' ', owner.Items(name).Select(word => word.ToString()));

    private static void AppendRuntimes(StringBuilder text, JsonElement info)
    {
        List<string> runtimes = info.Properties("Runtimes").Select(runtime => runtime.Name).Order(StringComparer.Ordinal).ToList();
        if (runtimes.Count > 0)
        {
            text.Append($" Runtimes: {string.Join(' ', runtimes)}\n Default Runtime: {info.Text("DefaultRuntime")}\n");
        }

        if (info.Text("OSType") == "linux")
        {
            text.Append($" Init Binary: {info.Text("InitBinary")}\n");
            foreach ((string name, string member) in new[] { ("containerd", "ContainerdCommit"), ("runc", "RuncCommit"), ("init", "InitCommit") })
            {
                text.Append($" {name} version: {info.Member(member)?.Text("ID")}\n");
            }

            AppendSecurity(text, info);
        }
    }

    // An option is "name=seccomp,profile=builtin".
    private static void AppendSecurity(StringBuilder text, JsonElement info)
    {
        if (!info.Items("SecurityOptions").Any())
        {
            return;
        }

        text.Append(" Security Options:\n");
        foreach (JsonElement option in info.Items("SecurityOptions"))
        {
            foreach (string field in option.ToString().Split(','))
            {
                string[] pair = field.Split('=', 2);
                text.Append(pair switch
                {
                    ["name", var name] => $"  {name}\n",
                    ["profile", var profile] => $"   Profile: {profile}\n",
                    _ => "",
                });
            }
        }
    }

    private static void AppendMachine(StringBuilder text, JsonElement info)
    {
        IfSet(text, "Kernel Version", info.Text("KernelVersion"));
        IfSet(text, "Operating System", info.Text("OperatingSystem"));
        IfSet(text, "OSType", info.Text("OSType"));
        IfSet(text, "Architecture", info.Text("Architecture"));
        text.Append($" CPUs: {info.Digits("NCPU")}\n Total Memory: {Sizes.HumanBinary(info.Number("MemTotal"))}\n");
        IfSet(text, "Name", info.Text("Name"));
        IfSet(text, "ID", info.Text("ID"));
        text.Append($" Docker Root Dir: {info.Text("DockerRootDir")}\n");
        text.Append($" Debug Mode: {(info.Truth("Debug") ? "true" : "false")}\n");
        if (info.Truth("Debug"))
        {
            text.Append($"  File Descriptors: {info.Digits("NFd")}\n  Goroutines: {info.Digits("NGoroutines")}\n"
                + $"  System Time: {info.Text("SystemTime")}\n  EventsListeners: {info.Digits("NEventsListener")}\n");
        }
    }

    private static void AppendSettings(StringBuilder text, JsonElement info)
    {
        IfSet(text, "HTTP Proxy", info.Text("HttpProxy"));
        IfSet(text, "HTTPS Proxy", info.Text("HttpsProxy"));
        IfSet(text, "No Proxy", info.Text("NoProxy"));
        AppendList(text, "Labels", info.Items("Labels").Select(label => label.ToString()));
        text.Append($" Experimental: {(info.Truth("ExperimentalBuild") ? "true" : "false")}\n");
        if (info.Member("RegistryConfig") is { } registries)
        {
            AppendList(text, "Insecure Registries",
                registries.Properties("IndexConfigs").Where(index => !index.Value.Truth("Secure")).Select(index => index.Name)
                    .Concat(registries.Items("InsecureRegistryCIDRs").Select(network => network.ToString())));
            AppendList(text, "Registry Mirrors", registries.Items("Mirrors").Select(mirror => mirror.ToString()));
        }

        text.Append($" Live Restore Enabled: {(info.Truth("LiveRestoreEnabled") ? "true" : "false")}\n");
        IfSet(text, "Product License", info.Text("ProductLicense"));
        if (info.Items("DefaultAddressPools").Any())
        {
            text.Append(" Default Address Pools:\n");
            foreach (JsonElement pool in info.Items("DefaultAddressPools"))
            {
                text.Append(CultureInfo.InvariantCulture, $"   Base: {pool.Text("Base")}, Size: {pool.Number("Size")}\n");
            }
        }

        if (info.Member("FirewallBackend") is { } firewall)
        {
            text.Append($" Firewall Backend: {firewall.Text("Driver")}\n");
            foreach (JsonElement pair in firewall.Items("Info").Where(pair => pair.GetArrayLength() == 2))
            {
                text.Append($"  {pair[0]}: {pair[1]}\n");
            }
        }
    }

    private static void AppendList(StringBuilder text, string title, IEnumerable<string> lines)
    {
        List<string> all = lines.ToList();
        if (all.Count > 0)
        {
            text.Append($" {title}:\n").AppendJoin("", all.Select(line => $"  {line}\n"));
        }
    }

    private static void IfSet(StringBuilder text, string title, string value)
    {
        if (value.Length > 0)
        {
            text.Append($" {title}: {value}\n");
        }
    }
}
