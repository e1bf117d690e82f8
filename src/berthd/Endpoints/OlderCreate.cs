using Berth.Api;
using Berth.Api.Containers;
using Berth.Api.Networks;
using Berth.Engine;

namespace Berth.Daemon.Endpoints;

/// <summary>A request to create a container, as the newest client would have made it.</summary>
/// <remarks>moby: daemon/server/router/container/container_routes.go, postContainersCreate and the functions ending in BC.</remarks>
internal static class OlderCreate
{
    private const string MacAddressMoved =
        "The container-wide MacAddress field is now deprecated. It should be specified in EndpointsConfig instead.";

    /// <exception cref="EngineException">InvalidParameter: the version does not have what is asked for, or the request contradicts itself.</exception>
    public static ContainerCreateRequest Translate(ContainerCreateRequest asked, ApiVersion version, out IReadOnlyList<string> warnings)
    {
        HostConfig host = asked.HostConfig ?? new HostConfig();
        Dictionary<string, EndpointSettings?> endpoints = new(asked.NetworkingConfig?.EndpointsConfig ?? new Dictionary<string, EndpointSettings?>());
        if (host.NetworkMode is "" or "default")
        {
            host = host with { NetworkMode = "bridge" };
            if (endpoints.Remove("default", out EndpointSettings? byDefault))
            {
                endpoints["bridge"] = byDefault;
            }
        }

        CheckMounts(host.Mounts ?? [], version);
        if (version < V(44) && endpoints.Count > 1)
        {
            throw Invalid($"Container cannot be created with multiple network endpoints: {string.Join(", ", endpoints.Keys)}");
        }

        var said = new List<string>();
        MoveMacAddress(asked.MacAddress, host.NetworkMode, endpoints, version, said);
        host = TranslateHost(host, version, said);
        warnings = said;
        return asked with
        {
            MacAddress = null,
            Healthcheck = version < V(44) && asked.Healthcheck is { } health ? health with { StartInterval = 0 } : asked.Healthcheck,
            HostConfig = host,
            NetworkingConfig = new NetworkingConfig
            {
                EndpointsConfig = version < V(48)
                    ? endpoints.ToDictionary(e => e.Key, e => e.Value is { } settings ? settings with { GwPriority = 0 } : null)
                    : endpoints,
            },
        };
    }

    private static HostConfig TranslateHost(HostConfig host, ApiVersion version, List<string> warnings) => host with
    {
        AutoRemove = host.AutoRemove && version >= V(25),
        IpcMode = version < V(40) && host.IpcMode.Length == 0 ? "shareable" : host.IpcMode,
        ConsoleSize = version < V(42) ? null : host.ConsoleSize,
        Annotations = version < V(43) ? null : host.Annotations,
        Mounts = host.Mounts is null ? null : [.. host.Mounts.Select(mount => TranslateMount(mount, version))],
        PidsLimit = host.PidsLimit <= 0 ? null : host.PidsLimit,
        PortBindings = TranslatePorts(host.PortBindings, version, warnings),
    };

    private static Mount TranslateMount(Mount mount, ApiVersion version)
    {
        if (version < V(42))
        {
            mount = mount with
            {
                VolumeOptions = mount.Type == "volume" ? mount.VolumeOptions : null,
                TmpfsOptions = mount.Type == "tmpfs" ? mount.TmpfsOptions : null,
            };
        }

        if (version >= V(44) || mount is not { Type: "bind" })
        {
            return mount;
        }

        MountBindOptions bind = mount.BindOptions ?? new MountBindOptions();
        return mount with
        {
            BindOptions = bind with
            {
                NonRecursive = bind.NonRecursive && version >= V(40),
                CreateMountpoint = bind.CreateMountpoint && version >= V(42),
                ReadOnlyNonRecursive = true, // all there was
            },
        };
    }

    private static void CheckMounts(IReadOnlyList<Mount> mounts, ApiVersion version)
    {
        foreach (Mount mount in mounts)
        {
            foreach ((object? options, string name, string type) in (ReadOnlySpan<(object?, string, string)>)
                [(mount.VolumeOptions, "VolumeOptions", "volume"), (mount.BindOptions, "BindOptions", "bind"), (mount.TmpfsOptions, "TmpfsOptions", "tmpfs")])
            {
                if (version >= V(42) && options is not null && mount.Type != type)
                {
                    throw Invalid($"{name} must not be specified on mount type {Http.QueryValues.Quote(mount.Type ?? "")}");
                }
            }

            if (version < V(44) && mount is { Type: "bind", BindOptions.ReadOnlyForceRecursive: true })
            {
                throw Invalid("BindOptions.ReadOnlyForceRecursive needs API v1.44 or newer");
            }

            if (version < V(45) && !string.IsNullOrEmpty(mount.VolumeOptions?.Subpath))
            {
                throw Invalid("VolumeOptions.Subpath needs API v1.45 or newer");
            }

            if (version < V(48) && mount.Type == "image")
            {
                throw Invalid("Mount type \"Image\" needs API v1.48 or newer");
            }
        }
    }

    private static void MoveMacAddress(
        string? address, string mode, Dictionary<string, EndpointSettings?> endpoints, ApiVersion version, List<string> warnings)
    {
        bool older = version < V(44);
        if (string.IsNullOrEmpty(address))
        {
            foreach (string name in older ? endpoints.Keys.ToArray() : [])
            {
                endpoints[name] = endpoints[name] is { } settings ? settings with { MacAddress = "" } : null;
            }

            return;
        }

        if (!older)
        {
            warnings.Add(MacAddressMoved);
        }

        if (mode is "none" or "host" || mode.StartsWith("container:", StringComparison.Ordinal))
        {
            if (older)
            {
                throw Invalid("conflicting options: mac-address and the network mode");
            }

            return;
        }

        string key = endpoints.Count == 0 || endpoints.ContainsKey(mode) ? mode
            : older ? endpoints.Keys.First()
            : throw Invalid("unable to migrate container-wide MAC address to a specific network: "
                + "HostConfig.NetworkMode must match the identity of a network in NetworkSettings.Networks");
        EndpointSettings endpoint = endpoints.GetValueOrDefault(key) ?? new EndpointSettings();
        if (!older && endpoint.MacAddress.Length > 0 && endpoint.MacAddress != address)
        {
            throw Invalid("the container-wide MAC address must match the endpoint-specific MAC address for the main network, or be left empty");
        }

        endpoints[key] = endpoint with { MacAddress = address };
    }

    // An empty list of bindings once meant "any port"; since 1.53 it means none.
    private static IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? TranslatePorts(
        IReadOnlyDictionary<string, IReadOnlyList<PortBinding>?>? ports, ApiVersion version, List<string> warnings)
    {
        if (ports is null || ports.Values.All(bindings => bindings is { Count: > 0 }))
        {
            return ports;
        }

        if (version > V(52))
        {
            return ports.Where(port => port.Value is { Count: > 0 }).ToDictionary(port => port.Key, port => port.Value);
        }

        if (version == V(52))
        {
            IEnumerable<string> empty = ports.Where(port => port.Value is not { Count: > 0 }).Select(port => port.Key);
            warnings.Add($"Following container port(s) have an empty list of port-bindings: {string.Join(", ", empty)}. "
                + "Starting with API 1.53, such bindings will be discarded.");
        }

        return ports.ToDictionary(port => port.Key, port => port.Value is { Count: > 0 } ? port.Value : (IReadOnlyList<PortBinding>?)[new PortBinding()]);
    }

    private static ApiVersion V(int minor) => new(1, minor);

    private static EngineException Invalid(string message) => new(ErrorKind.InvalidParameter, message);
}
