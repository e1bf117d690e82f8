using System.Text.Json;
using Berth.Engine;
using Berth.Engine.Daemon;

namespace Berth.Daemon.Configuration;

/// <summary><c>daemon.json</c>, with dockerd's names and dockerd's refusals.</summary>
/// <remarks>moby 28: daemon/config/config.go, getConflictFreeConfiguration and findConfigurationConflicts.</remarks>
internal static class ConfigurationFile
{
    public const string DefaultPath = "/etc/berth/daemon.json";

    /// <summary>The file's settings, or none where the default file is not there.</summary>
    /// <exception cref="ConfigurationException">It cannot be read, names what there is not, or repeats a flag.</exception>
    public static Settings Read(Settings flags)
    {
        string path = flags.Text("config-file") ?? DefaultPath;
        try
        {
            return Parse(File.ReadAllBytes(path), flags);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return flags.IsSet("config-file")
                ? throw Failed(path, $"open {path}: no such file or directory")
                : new Settings();
        }
        catch (UnauthorizedAccessException)
        {
            throw Failed(path, Directory.Exists(path) ? $"read {path}: is a directory" : $"open {path}: permission denied");
        }
        catch (Exception e) when (e is IOException or JsonException or ConfigurationException)
        {
            throw Failed(path, e.Message);
        }
    }

    internal static Settings Parse(ReadOnlyMemory<byte> json, Settings flags)
    {
        var settings = new Settings();
        if (json.Span.StartsWith("\uFEFF"u8))
        {
            json = json[3..];
        }

        if (json.Span.ContainsAnyExcept(" \t\r\n"u8))
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new ConfigurationException("the configuration is no JSON object");
            }

            Read(document.RootElement, settings);
            CheckConflicts(document.RootElement, flags);
        }

        return settings;
    }

    private static void Read(JsonElement root, Settings settings)
    {
        var unknown = new List<string>();
        foreach (JsonProperty property in Directives(root))
        {
            if (DaemonFlag.All.FirstOrDefault(flag => flag.Directive == property.Name || flag.EarlierDirective == property.Name) is { } flag)
            {
                Read(flag, property, settings);
            }
            else if (property.Name is not ("features" or "builder")) // as dockerd, whose newer releases put things there
            {
                unknown.Add(property.Name);
            }
        }

        if (unknown.Count > 0)
        {
            throw new ConfigurationException($"the following directives don't match any configuration option: {string.Join(", ", unknown)}");
        }
    }

    /// <summary>The members, with those of <c>proxies</c> among them: their flags stand alone.</summary>
    private static IEnumerable<JsonProperty> Directives(JsonElement root) => root.EnumerateObject().SelectMany(property =>
        property is { Name: "proxies", Value.ValueKind: JsonValueKind.Object } ? property.Value.EnumerateObject() : (IEnumerable<JsonProperty>)[property]);

    private static void Read(DaemonFlag flag, JsonProperty property, Settings settings)
    {
        JsonElement value = property.Value;
        settings.Touch(flag.Name);
        switch (flag.Kind, value.ValueKind)
        {
            case (_, JsonValueKind.Null):
                break;
            case (FlagKind.Switch, JsonValueKind.True or JsonValueKind.False):
                settings.Set(flag.Name, value.GetBoolean() ? "true" : "false");
                break;
            case (FlagKind.Value, JsonValueKind.String) when flag.Argument != "int":
                settings.Set(flag.Name, value.GetString()!); // a string is never null
                break;
            case (FlagKind.Value, JsonValueKind.Number) when flag.Argument == "int":
                settings.Set(flag.Name, value.GetRawText());
                break;
            case (FlagKind.List, JsonValueKind.String) when property.Name == flag.EarlierDirective:
                settings.Add(flag.Name, value.GetString()!); // a string is never null
                break;
            case (FlagKind.List, JsonValueKind.Array):
                foreach (JsonElement element in value.EnumerateArray())
                {
                    settings.Add(flag.Name, ElementOf(flag, element));
                }

                break;
            case (FlagKind.List, JsonValueKind.Object):
                foreach (JsonProperty named in value.EnumerateObject())
                {
                    ReadNamed(flag, named, settings);
                }

                break;
            default:
                throw WrongType(flag, value);
        }
    }

    private static string ElementOf(DaemonFlag flag, JsonElement element) => (flag.Directive, element.ValueKind) switch
    {
        (_, JsonValueKind.String) => element.GetString()!, // a string is never null
        ("default-address-pools", JsonValueKind.Object) => $"base={Member(element, "base")},size={Member(element, "size")}",
        _ => throw WrongType(flag, element),
    };

    private static void ReadNamed(DaemonFlag flag, JsonProperty property, Settings settings)
    {
        switch (flag.Directive, property.Value.ValueKind)
        {
            case ("log-opts" or "cluster-store-opts", JsonValueKind.String):
                settings.Add(flag.Name, $"{property.Name}={property.Value.GetString()}");
                break;
            case ("default-network-opts", JsonValueKind.Object):
                foreach (JsonProperty option in property.Value.EnumerateObject())
                {
                    settings.Add(flag.Name, $"{property.Name}={option.Name}={option.Value}");
                }

                break;
            case ("default-ulimits", JsonValueKind.Object):
                settings.Add(flag.Name, $"{property.Name}={Member(property.Value, "Soft")}:{Member(property.Value, "Hard")}");
                break;
            case ("runtimes", JsonValueKind.Object):
                settings.Runtimes[property.Name] = new RuntimeOption(
                    Member(property.Value, "path"),
                    property.Value.TryGetProperty("runtimeArgs", out JsonElement arguments) && arguments.ValueKind == JsonValueKind.Array
                        ? [.. arguments.EnumerateArray().Select(argument => argument.ToString())]
                        : []);
                break;
            default:
                throw WrongType(flag, property.Value);
        }
    }

    private static string Member(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement member) ? member.ToString() : "";

    private static void CheckConflicts(JsonElement root, Settings flags)
    {
        ILookup<string, JsonElement> file = Directives(root).ToLookup(property => property.Name, property => property.Value);
        foreach (DaemonFlag flag in DaemonFlag.All)
        {
            if (flag is { Directive: { } now, EarlierDirective: { } earlier } && file.Contains(now) && file.Contains(earlier))
            {
                throw new ConfigurationException($"{earlier} and {now} must not both be specified in the config file");
            }
        }

        List<string> conflicts =
        [
            .. from flag in DaemonFlag.All
               where !flag.Joins && flags.IsSet(flag.Name)
               from directive in (string?[])[flag.Directive, flag.EarlierDirective]
               where directive is not null && file.Contains(directive)
               let fromFlag = flag.Kind == FlagKind.List ? $"[{string.Join(' ', flags.List(flag.Name))}]" : flags.Text(flag.Name)
               select $"{directive}: (from flag: {Shown(directive, fromFlag)}, from file: {Shown(directive, Display(file[directive].Last()))})",
        ];
        if (conflicts.Count > 0)
        {
            throw new ConfigurationException(
                $"the following directives are specified both as a flag and in the configuration file: {string.Join(", ", conflicts)}");
        }
    }

    private static string Shown(string directive, string value) =>
        directive is "http-proxy" or "https-proxy" ? ProxyAddress.WithoutPassword(value) : value;

    private static string Display(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => $"[{string.Join(' ', value.EnumerateArray().Select(Display))}]",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.ToString(),
    };

    private static ConfigurationException WrongType(DaemonFlag flag, JsonElement value) =>
        new($"the directive {flag.Directive} has a value of the wrong type: {value.ValueKind.ToString().ToLowerInvariant()}");

    internal static ConfigurationException Failed(string path, string reason) =>
        new($"unable to configure the daemon with file {path}: {reason}");
}
