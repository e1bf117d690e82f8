using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Berth.Cli.Containers;

/// <summary><c>--security-opt</c>: a seccomp profile is read here and sent whole.</summary>
/// <remarks>Source: docker/cli 28, container/opts.go, parseSecurityOpts and parseSystemPaths.</remarks>
internal static class SecuritySpec
{
    /// <summary>The options for the daemon, and whether <c>systempaths=unconfined</c> was among them.</summary>
    public static (IReadOnlyList<string> Options, bool HasOpenSystemPaths) Parse(IReadOnlyList<string> options)
    {
        bool hasOpenPaths = options.Contains("systempaths=unconfined");
        return (options.Where(option => option != "systempaths=unconfined").Select(Resolve).ToList(), hasOpenPaths);
    }

    private static string Resolve(string option)
    {
        if (option == "no-new-privileges")
        {
            return option;
        }

        int separator = option.IndexOf('=', StringComparison.Ordinal);
        separator = separator < 0 ? option.IndexOf(':', StringComparison.Ordinal) : separator;
        if (separator < 0)
        {
            throw new FormatException($"Invalid --security-opt: {GoText.Quote(option)}");
        }

        string value = option[(separator + 1)..];
        return option[..separator] != "seccomp" || value is "builtin" or "unconfined" ? option : $"seccomp={ReadProfile(value)}";
    }

    private static string ReadProfile(string path)
    {
        try
        {
            using var profile = JsonDocument.Parse(File.ReadAllBytes(path));
            using var compact = new MemoryStream();
            using (var writer = new Utf8JsonWriter(compact, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            {
                profile.WriteTo(writer);
            }

            return Encoding.UTF8.GetString(compact.ToArray());
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FormatException($"opening seccomp profile ({path}) failed: open {path}: no such file or directory");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FormatException($"opening seccomp profile ({path}) failed: {e.Message}");
        }
        catch (JsonException e)
        {
            throw new FormatException($"compacting json for seccomp profile ({path}) failed: {e.Message}");
        }
    }
}
