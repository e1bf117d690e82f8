using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Berth.Engine.Containers;

/// <summary>What the log options <c>labels</c>, <c>env</c> and <c>tag</c> add to every entry of a log. moby 28: daemon/logger/loginfo.go, loggerutils/log_tag.go.</summary>
internal static class LogAttributes
{
    /// <returns>A JSON object; null where the options ask for nothing that is there.</returns>
    public static string? ToJson(ContainerSpec spec)
    {
        SortedDictionary<string, string> attributes = Of(spec);
        if (attributes.Count == 0)
        {
            return null;
        }

        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach ((string name, string value) in attributes)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    /// <summary>As <c>docker logs --details</c> prints them: <c>k=v,k2=v2</c>, escaped like a query.</summary>
    /// <param name="json">An entry's attributes; empty for none.</param>
    public static string ToDetails(ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
        {
            return "";
        }

        var reader = new Utf8JsonReader(json);
        using JsonDocument document = JsonDocument.ParseValue(ref reader);
        return string.Join(',', document.RootElement.EnumerateObject()
            .OrderBy(property => property.Name, StringComparer.Ordinal)
            .Select(property => $"{Escape(property.Name)}={Escape(property.Value.ToString())}"));
    }

    private static SortedDictionary<string, string> Of(ContainerSpec spec)
    {
        var attributes = new SortedDictionary<string, string>(StringComparer.Ordinal);
        IReadOnlyDictionary<string, string> options = spec.HostConfig.LogConfig?.Config ?? new Dictionary<string, string>();
        IReadOnlyDictionary<string, string> labels = spec.Config.Labels ?? new Dictionary<string, string>();
        var environment = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string variable in spec.Config.Env ?? [])
        {
            string[] parts = variable.Split('=', 2);
            if (parts.Length == 2)
            {
                environment[parts[0]] = parts[1];
            }
        }

        AddNamed(attributes, options.GetValueOrDefault("labels"), labels);
        AddMatching(attributes, options.GetValueOrDefault("labels-regex"), labels);
        AddNamed(attributes, options.GetValueOrDefault("env"), environment);
        AddMatching(attributes, options.GetValueOrDefault("env-regex"), environment);
        if (options.GetValueOrDefault("tag") is { Length: > 0 } tag)
        {
            attributes["tag"] = Expand(tag, spec);
        }

        return attributes;
    }

    private static void AddNamed(SortedDictionary<string, string> attributes, string? names, IReadOnlyDictionary<string, string> values)
    {
        foreach (string name in names?.Split(',') ?? [])
        {
            if (values.TryGetValue(name, out string? value))
            {
                attributes[name] = value;
            }
        }
    }

    private static void AddMatching(SortedDictionary<string, string> attributes, string? pattern, IReadOnlyDictionary<string, string> values)
    {
        if (string.IsNullOrEmpty(pattern))
        {
            return;
        }

        // no backtracking: the pattern comes from outside
        var regex = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
        foreach ((string name, string value) in values)
        {
            if (regex.IsMatch(name))
            {
                attributes[name] = value;
            }
        }
    }

    /// <summary>The fields of Docker's tag template; what is none of them stays as it is.</summary>
    private static string Expand(string template, ContainerSpec spec)
    {
        string imageId = spec.ImageId.Length > 7 ? spec.ImageId["sha256:".Length..] : spec.ImageId;
        (string Field, string Value)[] fields =
        [
            ("ID", spec.Id[..Math.Min(12, spec.Id.Length)]), ("FullID", spec.Id), ("Name", spec.Name), ("ImageID", imageId[..Math.Min(12, imageId.Length)]),
            ("ImageFullID", spec.ImageId), ("ImageName", spec.Config.Image), ("DaemonName", "docker"),
        ];
        foreach ((string field, string value) in fields)
        {
            template = template.Replace($"{{{{.{field}}}}}", value, StringComparison.Ordinal);
        }

        return template;
    }

    /// <summary>Go's url.QueryEscape.</summary>
    private static string Escape(string text) => Uri.EscapeDataString(text).Replace("%20", "+", StringComparison.Ordinal);
}
