using System.Text.Json;
using System.Text.Json.Nodes;

namespace Berth.Cli;

/// <summary><c>config.json</c>: what the user has set once for all commands. Keys that we do not know survive a change.</summary>
/// <remarks>Source: docker/cli 28, cli/config/configfile/file.go.</remarks>
internal sealed class ConfigFile
{
    private readonly JsonObject _root;

    private ConfigFile(string path, JsonObject root)
    {
        Path = path;
        _root = root;
    }

    public string Path { get; }

    public string? CurrentContext => Text("currentContext");
    public string? DetachKeys => Text("detachKeys");
    public string? PsFormat => Text("psFormat");
    public string? ImagesFormat => Text("imagesFormat");
    public string? NetworksFormat => Text("networksFormat");
    public string? VolumesFormat => Text("volumesFormat");
    public string? CredentialStore => Text("credsStore");

    public IReadOnlyDictionary<string, string> HttpHeaders => Map("HttpHeaders");

    /// <summary>The helper for one registry: <c>credHelpers</c>, else <c>credsStore</c>; null where credentials are kept in this file.</summary>
    public string? HelperFor(string registry) =>
        Map("credHelpers").TryGetValue(registry, out string? helper) ? helper : CredentialStore is { Length: > 0 } store ? store : null;

    /// <summary>What <c>proxies</c> says for the containers of one daemon, else for those of all.</summary>
    public IReadOnlyDictionary<string, string> ProxiesFor(string host)
    {
        JsonObject? proxies = _root["proxies"] as JsonObject;
        return (proxies?[host] ?? proxies?["default"]) is JsonObject chosen
            ? chosen.Where(pair => pair.Value is JsonValue).ToDictionary(pair => pair.Key, pair => pair.Value!.ToString()) // looked at in Where
            : new Dictionary<string, string>();
    }

    public JsonObject? AuthFor(string registry) => (_root["auths"] as JsonObject)?[registry] as JsonObject;

    public IEnumerable<string> AuthRegistries => (_root["auths"] as JsonObject)?.Select(pair => pair.Key).ToList() ?? [];

    /// <param name="registry">The key as Docker writes it.</param>
    /// <param name="auth">Null removes it.</param>
    public void SetAuth(string registry, JsonObject? auth)
    {
        if (_root["auths"] is not JsonObject auths)
        {
            _root["auths"] = auths = [];
        }

        auths.Remove(registry);
        if (auth is not null)
        {
            auths[registry] = auth;
        }
    }

    public static ConfigFile Load(string directory, TextOutput errors)
    {
        string path = System.IO.Path.Combine(directory, "config.json");
        if (!File.Exists(path))
        {
            return new ConfigFile(path, []);
        }

        try
        {
            return new ConfigFile(path, JsonNode.Parse(File.ReadAllBytes(path)) as JsonObject ?? []);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine($"WARNING: Error loading config file: {path}: {e.Message}");
            return new ConfigFile(path, []);
        }
    }

    /// <summary>Writes it beside the old one and puts it in its place; only the user may read it.</summary>
    public void Save()
    {
        var file = new FileInfo(Path);
        string target = file.LinkTarget is null ? Path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName; // it is a link
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(target)!); // a file's full path has one
        string temporary = target + "." + Guid.NewGuid().ToString("N")[..8];
        using (var stream = new FileStream(temporary, new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        }))
        {
            using var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, IndentCharacter = '\t', IndentSize = 1 });
            _root.WriteTo(writer);
        }

        File.Move(temporary, target, overwrite: true);
    }

    private string? Text(string key) => _root[key] is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private Dictionary<string, string> Map(string key) => _root[key] is JsonObject map
        ? map.Where(pair => pair.Value is JsonValue).ToDictionary(pair => pair.Key, pair => pair.Value!.ToString()) // looked at in Where
        : [];
}
