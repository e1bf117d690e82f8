using System.Text.Json;

namespace Berth.Cli.Templates;

/// <summary>An object or array of the daemon's answer, and whether Go keeps such an object as a map or as a struct.</summary>
/// <remarks>The difference shows only where a whole object is printed: <c>map[a:1]</c> or <c>{1}</c>.</remarks>
internal sealed class JsonValue
{
    // Members of the Engine API's answers that are maps in moby's types; all other objects are structs.
    private static readonly HashSet<string> s_maps = new(StringComparer.Ordinal)
    {
        "Annotations", "AuxiliaryAddresses", "Attributes", "Containers", "Data", "Details", "DriverOpts", "EndpointsConfig", "ExposedPorts",
        "IndexConfigs", "Labels", "Networks", "Options", "PortBindings", "Ports", "Runtimes", "Services", "Status", "StorageOpt",
        "Sysctls", "Tmpfs", "Volumes",
    };

    private readonly bool _isMap;

    public JsonValue(JsonElement element, bool isMap = false)
    {
        Element = element;
        _isMap = isMap;
    }

    public JsonElement Element { get; }

    public bool IsArray => Element.ValueKind == JsonValueKind.Array;

    public bool IsMap => _isMap && !IsArray;

    public int Count => IsArray ? Element.GetArrayLength() : Element.EnumerateObject().Count();

    /// <summary>A member as Go's types or the answer name it; <c>.ID</c> finds <c>Id</c>.</summary>
    public bool TryGet(string name, out object? value)
    {
        value = null;
        if (Element.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (Element.TryGetProperty(name, out JsonElement member))
        {
            value = From(member, name);
            return true;
        }

        if (_isMap)
        {
            return false;
        }

        foreach (JsonProperty property in Element.EnumerateObject())
        {
            if (property.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                value = From(property.Value, property.Name);
                return true;
            }
        }

        return false;
    }

    public IEnumerable<object?> Items => Element.EnumerateArray().Select(item => From(item, ""));

    /// <summary>Sorted by name where it is a map, as Go goes through maps in templates.</summary>
    public IEnumerable<KeyValuePair<string, object?>> Members
    {
        get
        {
            IEnumerable<KeyValuePair<string, object?>> members = Element.EnumerateObject()
                .Select(property => KeyValuePair.Create(property.Name, From(property.Value, IsMap ? "" : property.Name)));
            return IsMap ? members.OrderBy(member => member.Key, StringComparer.Ordinal) : members;
        }
    }

    public static object? From(JsonElement element, string name) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long integer) ? integer : element.TryGetUInt64(out ulong unsigned) ? unsigned : element.GetDouble(),
        // LogConfig.Config is a map of options, the container's Config a struct.
        JsonValueKind.Object => new JsonValue(element, s_maps.Contains(name) || (name == "Config" && IsAllText(element))),
        JsonValueKind.Array => new JsonValue(element),
        _ => null,
    };

    private static bool IsAllText(JsonElement element) => element.EnumerateObject().All(property => property.Value.ValueKind == JsonValueKind.String);
}
