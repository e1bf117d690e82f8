using System.Text.Json;

namespace Berth.Cli.Templates;

/// <summary>An object or array of the daemon's answer, and whether Go keeps such an object as a map or as a struct.</summary>
/// <remarks>
/// The difference shows where a whole object is printed, <c>map[a:1]</c> or <c>{1}</c>, and in the order of its members: a map's are sorted.
/// What moby's types do not know is a map, as it is where docker/cli falls back to the raw answer.
/// </remarks>
internal sealed class JsonValue
{
    // Members of the Engine API's answers whose type in moby 28 is a map.
    private static readonly HashSet<string> s_maps = new(StringComparer.Ordinal)
    {
        "Annotations", "AuxiliaryAddresses", "Attributes", "Containers", "Data", "Details", "DriverOpts", "EndpointsConfig", "ExposedPorts",
        "IndexConfigs", "Labels", "Networks", "Options", "PortBindings", "Ports", "Runtimes", "Services", "Status", "StorageOpt",
        "Sysctls", "Tmpfs", "Volumes",
    };

    // Those whose type is a struct.
    private static readonly HashSet<string> s_structs = new(StringComparer.Ordinal)
    {
        "Actor", "BindOptions", "Client", "ClientInfo", "Config", "ConfigFrom", "Containerd", "ContainerdCommit", "Descriptor", "DriverConfig",
        "GraphDriver", "Health", "Healthcheck", "HostConfig", "IPAM", "IPAMConfig", "ImageManifestDescriptor", "InitCommit", "LogConfig",
        "Metadata", "NetworkSettings", "Platform", "Plugins", "RegistryConfig", "RestartPolicy", "RootFS", "RuncCommit", "Server", "State",
        "Swarm", "TmpfsOptions", "UsageData", "VolumeOptions", "platform",
    };

    // Those that are null where nothing was said: pointers. All other nulls are lists.
    private static readonly HashSet<string> s_pointers = new(StringComparer.Ordinal)
    {
        "Descriptor", "Health", "Healthcheck", "IPAMConfig", "Init", "LogConfig", "MemorySwappiness", "OomKillDisable", "PidsLimit", "SizeRootFs",
        "SizeRw", "StopTimeout", "UsageData", "HostConfig", "Config", "State", "NetworkSettings", "Server", "Swarm", "RegistryConfig",
    };

    private enum Kind
    {
        Struct,
        Map,

        /// <summary>A map whose values are lists: a null in it is an empty one.</summary>
        MapOfLists,
        Unknown,
    }

    private readonly Kind _kind;

    /// <param name="element">The answer: an object of one of the API's types.</param>
    public JsonValue(JsonElement element) : this(element, Kind.Struct)
    {
    }

    private JsonValue(JsonElement element, Kind kind)
    {
        Element = element;
        _kind = kind;
    }

    public JsonElement Element { get; }

    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    /// <summary>An object that Go keeps as a map.</summary>
    public bool IsMap => !IsArray && _kind != Kind.Struct;

    /// <summary>Asking it for a member that it lacks is no failure: it is one of moby's own maps.</summary>
    public bool GivesNothing => _kind is Kind.Map or Kind.MapOfLists;

    public int Count => IsArray ? Element.GetArrayLength() : Element.EnumerateObject().Count();

    /// <summary>A member as Go's types or the answer name it; <c>.ID</c> finds <c>Id</c>.</summary>
    public bool TryGet(string name, out object? value)
    {
        value = null;
        if (Element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        foreach (JsonProperty property in Element.EnumerateObject())
        {
            if (property.NameEquals(name) || (_kind == Kind.Struct && property.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                value = Member(property);
                return true;
            }
        }

        return false;
    }

    public IEnumerable<object?> Items => Element.EnumerateArray().Select(item => Convert(item, _kind == Kind.Unknown ? Kind.Unknown : Kind.Struct, JsonNull.Pointer));

    /// <summary>Sorted by name where it is a map.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Members
    {
        get
        {
            IEnumerable<KeyValuePair<string, object?>> members = Element.EnumerateObject().Select(property => KeyValuePair.Create(property.Name, Member(property)));
            return IsMap ? members.OrderBy(member => member.Key, StringComparer.Ordinal) : members;
        }
    }

    private object? Member(JsonProperty property) => _kind switch
    {
        Kind.Unknown => Convert(property.Value, Kind.Unknown, JsonNull.Pointer),
        Kind.Map => Convert(property.Value, Kind.Struct, JsonNull.Pointer),
        Kind.MapOfLists => Convert(property.Value, Kind.Struct, JsonNull.List),
        _ => Convert(property.Value, KindOf(property),
            s_maps.Contains(property.Name) ? JsonNull.Map : s_pointers.Contains(property.Name) ? JsonNull.Pointer : JsonNull.List),
    };

    private static Kind KindOf(JsonProperty property) => property.Name switch
    {
        "Ports" or "PortBindings" => Kind.MapOfLists,
        // An empty struct in Go's terms: the values of ExposedPorts and Volumes.
        _ when s_maps.Contains(property.Name) => Kind.Map,
        // LogConfig.Config is a map of options, the container's Config a struct.
        "Config" when IsMapOfText(property.Value) => Kind.Map,
        _ when s_structs.Contains(property.Name) => Kind.Struct,
        _ => property.Value.ValueKind == JsonValueKind.Array ? Kind.Struct : Kind.Unknown,
    };

    private static bool IsMapOfText(JsonElement element) => element.ValueKind == JsonValueKind.Object
        && element.EnumerateObject().All(property => property.Value.ValueKind == JsonValueKind.String);

    private static object? Convert(JsonElement element, Kind kind, JsonNull ifNull)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                return element.GetString();
            case JsonValueKind.True:
                return true;
            case JsonValueKind.False:
                return false;
            case JsonValueKind.Number:
                return element.TryGetInt64(out long integer) ? integer
                    : element.TryGetUInt64(out ulong unsigned) ? (object)unsigned
                    : element.GetDouble();
            case JsonValueKind.Object or JsonValueKind.Array:
                return new JsonValue(element, kind);
            default:
                return ifNull;
        }
    }
}
