using System.Globalization;
using System.Text.Json;
using Berth.Api;
using Berth.Api.Images;
using Berth.Engine;

namespace Berth.Daemon.Http;

/// <summary>Values of the query and the path, read as dockerd reads them.</summary>
/// <remarks>moby 28: api/server/httputils/form.go.</remarks>
internal static class QueryValues
{
    /// <summary>A name of the route. Routing leaves an encoded slash as it came.</summary>
    public static string Route(this HttpContext context, string name) =>
        ((string?)context.Request.RouteValues[name] ?? "").Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The first value, or the empty string.</summary>
    public static string Text(this HttpRequest request, string name) => request.Query[name] is [string value, ..] ? value : "";

    /// <summary>The first value, or null where there is none or it is empty.</summary>
    public static string? TextOrNull(this HttpRequest request, string name) => Text(request, name) is { Length: > 0 } text ? text : null;

    public static IReadOnlyList<string> Texts(this HttpRequest request, string name) =>
        [.. request.Query[name].Where(value => !string.IsNullOrEmpty(value)).Select(value => value!)];

    /// <summary>Everything is true but nothing, <c>0</c>, <c>no</c>, <c>false</c> and <c>none</c>.</summary>
    public static bool Flag(this HttpRequest request, string name, bool absent = false) =>
        request.Query.ContainsKey(name)
            ? Text(request, name).Trim().ToLowerInvariant() is not ("" or "0" or "no" or "false" or "none")
            : absent;

    /// <exception cref="EngineException">InvalidParameter: no number.</exception>
    public static int? Integer(this HttpRequest request, string name)
    {
        string text = Text(request, name);
        if (text.Length == 0)
        {
            return null;
        }

        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number)
            ? number
            : throw new EngineException(ErrorKind.InvalidParameter, $"strconv.Atoi: parsing {Quote(text)}: invalid syntax");
    }

    /// <summary>Seconds to wait: none given is null, a negative number waits for ever.</summary>
    public static TimeSpan? Seconds(this HttpRequest request, string name) => Integer(request, name) switch
    {
        null => null,
        < 0 => Timeout.InfiniteTimeSpan,
        int seconds => TimeSpan.FromSeconds(seconds),
    };

    /// <summary>Rows or columns of a terminal.</summary>
    /// <param name="what">What the sentence calls it: <c>height</c>, <c>width</c>.</param>
    /// <exception cref="EngineException">InvalidParameter: absent, no number, or beyond 32 bits.</exception>
    public static int TerminalSize(this HttpRequest request, string name, string what)
    {
        string text = Text(request, name);
        string digits = text.StartsWith('-') ? text[1..] : text;
        if (digits.Length == 0 || digits.AsSpan().ContainsAnyExceptInRange('0', '9'))
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"invalid resize {what} {Quote(text)}: invalid syntax");
        }

        if (text.StartsWith('-') || !uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint size))
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"invalid resize {what} {Quote(text)}: value out of range");
        }

        return (int)Math.Min(size, ushort.MaxValue); // struct winsize has 16 bits
    }

    /// <summary>Seconds since 1970, with up to nine digits of fraction. moby 28: api/types/time/timestamp.go, ParseTimestamps.</summary>
    /// <exception cref="EngineException">InvalidParameter: no number.</exception>
    public static DateTimeOffset? Timestamp(this HttpRequest request, string name)
    {
        string text = Text(request, name);
        if (text.Length == 0)
        {
            return null;
        }

        int dot = text.IndexOf('.');
        string whole = dot < 0 ? text : text[..dot];
        string fraction = dot < 0 ? "0" : text[(dot + 1)..].PadRight(9, '0');
        if (!long.TryParse(whole, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds)
            || !long.TryParse(fraction[..Math.Min(fraction.Length, 9)], NumberStyles.None, CultureInfo.InvariantCulture, out long nanoseconds)
            || seconds is < -62135596800 or > 253402300799)
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"strconv.ParseInt: parsing {Quote(text)}: invalid syntax");
        }

        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(nanoseconds / TimeSpan.NanosecondsPerTick);
    }

    /// <exception cref="EngineException">InvalidParameter: in neither form.</exception>
    public static Filters Filters(this HttpRequest request)
    {
        try
        {
            return Api.Filters.Parse(Text(request, "filters"));
        }
        catch (FormatException e)
        {
            throw new EngineException(ErrorKind.InvalidParameter, e.Message, e);
        }
    }

    /// <summary>A platform that came as JSON, as <c>os/architecture[/variant]</c>. moby 28: httputils.DecodePlatform.</summary>
    /// <exception cref="EngineException">InvalidParameter: no JSON, or half a platform.</exception>
    public static string? Platform(this HttpRequest request, string name, ApiVersion since)
    {
        string text = Text(request, name);
        if (text.Length == 0 || request.HttpContext.ApiVersion() < since)
        {
            return null;
        }

        OciPlatform? platform;
        try
        {
            platform = JsonSerializer.Deserialize(text, ApiJson.Default.OciPlatform);
        }
        catch (JsonException e)
        {
            throw new EngineException(ErrorKind.InvalidParameter, $"failed to parse platform: {e.Message}", e);
        }

        if (platform is null || platform.Os.Length == 0 || platform.Architecture.Length == 0)
        {
            throw new EngineException(ErrorKind.InvalidParameter, platform is { Variant.Length: > 0, Os: "", Architecture: "" }
                ? "optional platform fields provided, but OS and Architecture are missing"
                : "both OS and Architecture must be provided");
        }

        return string.IsNullOrEmpty(platform.Variant)
            ? $"{platform.Os}/{platform.Architecture}"
            : $"{platform.Os}/{platform.Architecture}/{platform.Variant}";
    }

    /// <summary>As Go's %q prints a string without control characters.</summary>
    internal static string Quote(string text) =>
        $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
