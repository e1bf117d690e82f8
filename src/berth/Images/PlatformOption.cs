using System.Text.Json;
using Berth.Api;
using Berth.Api.Images;

namespace Berth.Cli.Images;

/// <summary>A <c>--platform</c> in the form that newer endpoints want: JSON of the OCI platform.</summary>
internal static class PlatformOption
{
    /// <returns>Null where none was given.</returns>
    /// <exception cref="CommandException">It is no platform.</exception>
    public static string? ToJson(string text)
    {
        if (text.Length == 0)
        {
            return null;
        }

        string[] parts = text.Split('/');
        if (parts.Length > 3 || parts.Any(part => part.Length == 0))
        {
            throw new CommandException($"invalid platform: {GoText.Quote(text)}: invalid argument");
        }

        // github.com/containerd/platforms: a word alone is the system where it is known as one, else the processor.
        bool isProcessorAlone = parts.Length == 1 && parts[0] is not ("linux" or "windows" or "darwin" or "freebsd");
        return JsonSerializer.Serialize(new OciPlatform
        {
            Os = isProcessorAlone ? "linux" : parts[0],
            Architecture = Normalised(isProcessorAlone ? parts[0] : parts.Length > 1 ? parts[1] : OwnProcessor),
            Variant = parts.Length > 2 ? parts[2] : null,
        }, ApiJson.Default.OciPlatform);
    }

    private static string OwnProcessor => System.Runtime.InteropServices.RuntimeInformation.ProcessArchitecture
        == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "amd64";

    private static string Normalised(string processor) => processor switch
    {
        "x86_64" or "x86-64" => "amd64",
        "aarch64" => "arm64",
        "i386" => "386",
        _ => processor,
    };
}
