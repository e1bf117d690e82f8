using System.Runtime.InteropServices;
using System.Text.Json.Serialization;

namespace Berth.Oci;

/// <summary>Operating system and processor that an image is for, in Go's words.</summary>
public sealed record Platform
{
    [JsonPropertyName("architecture")]
    public string Architecture { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("os")]
    public string Os { get; init => field = value ?? ""; } = "";

    [JsonPropertyName("os.version")]
    public string? OsVersion { get; init; }

    [JsonPropertyName("os.features")]
    public IReadOnlyList<string>? OsFeatures { get; init; }

    [JsonPropertyName("variant")]
    public string? Variant { get; init; }

    /// <summary>This machine.</summary>
    public static Platform Host { get; } = new()
    {
        Os = "linux",
        Architecture = RuntimeInformation.OSArchitecture switch
        {
            System.Runtime.InteropServices.Architecture.X64 => "amd64",
            System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
            System.Runtime.InteropServices.Architecture.Arm => "arm",
            System.Runtime.InteropServices.Architecture.X86 => "386",
            var other => other.ToString().ToLowerInvariant(),
        },
    };

    /// <summary>Reads <c>os</c>, <c>os/arch</c> or <c>os/arch/variant</c>, or a bare architecture.</summary>
    /// <exception cref="FormatException">There are more parts, or an empty one.</exception>
    public static Platform Parse(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length > 3 || parts.Any(string.IsNullOrWhiteSpace))
        {
            throw new FormatException($"\"{text}\" is an invalid platform");
        }

        if (parts.Length == 1)
        {
            return parts[0] is "linux" or "windows" or "darwin" or "freebsd"
                ? Host with { Os = parts[0] }
                : new Platform { Os = Host.Os, Architecture = Normalize(parts[0]) };
        }

        return new Platform { Os = parts[0], Architecture = Normalize(parts[1]), Variant = parts.Length == 3 ? parts[2] : null };
    }

    /// <summary>Whether an image made for <paramref name="image"/> runs where this platform is wanted.</summary>
    public bool Accepts(Platform image) =>
        image.Os == Os && Normalize(image.Architecture) == Architecture && (Variant is null || image.Variant is null || image.Variant == Variant);

    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";

    private static string Normalize(string architecture) => architecture switch
    {
        "x86_64" or "x86-64" => "amd64",
        "aarch64" => "arm64",
        "i386" => "386",
        "armhf" => "arm",
        _ => architecture,
    };
}
