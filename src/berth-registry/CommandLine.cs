using System.Globalization;
using System.Net;

namespace Berth.Registry;

/// <summary>What the words after <c>berth-registry</c> ask for.</summary>
internal sealed record CommandLine
{
    public const string Help = """
        Usage:  berth-registry serve [OPTIONS]

        A registry for container images

        Options:
              --addr HOST:PORT        Address to listen on (default 127.0.0.1:5000)
              --root DIRECTORY        Directory that keeps everything (default /var/lib/berth-registry)
              --tls-cert FILE         Certificate chain, PEM
              --tls-key FILE          Private key, PEM
              --read-only             Refuse pushes and deletions
              --disable-delete        Refuse to delete tags, manifests and blobs
              --help                  Print this
              --version               Print the version

        """;

    private const string DefaultRoot = "/var/lib/berth-registry";

    public bool WantsHelp { get; init; }

    public bool WantsVersion { get; init; }

    public RegistryOptions Options { get; init; } = new() { Root = DefaultRoot };

    /// <exception cref="UsageException">The words make no sense; the message says which.</exception>
    public static CommandLine Parse(IReadOnlyList<string> words)
    {
        if (words.Contains("--help") || words.Contains("-h") || words is ["help", ..])
        {
            return new CommandLine { WantsHelp = true };
        }

        if (words is ["--version" or "-v" or "version", ..])
        {
            return new CommandLine { WantsVersion = true };
        }

        if (words is not ["serve", ..])
        {
            throw new UsageException(words.Count == 0 ? "a command is missing" : $"unknown command: {words[0]}");
        }

        RegistryOptions options = new() { Root = DefaultRoot };
        for (int i = 1; i < words.Count; i++)
        {
            options = Apply(options, words, ref i);
        }

        return (options.TlsCertificate is null) == (options.TlsKey is null)
            ? new CommandLine { Options = options }
            : throw new UsageException("--tls-cert and --tls-key go together");
    }

    private static RegistryOptions Apply(RegistryOptions options, IReadOnlyList<string> words, ref int at)
    {
        string[] parts = words[at].Split('=', 2);
        string name = parts[0];
        switch (name)
        {
            case "--read-only" when parts.Length == 1:
                return options with { IsReadOnly = true };
            case "--disable-delete" when parts.Length == 1:
                return options with { RefusesDeletion = true };
            case "--addr" or "--root" or "--tls-cert" or "--tls-key":
                break;
            default:
                throw new UsageException(name.StartsWith('-') ? $"unknown flag: {words[at]}" : $"unexpected argument: {words[at]}");
        }

        string value = parts.Length == 2 ? parts[1] : ++at < words.Count ? words[at] : throw new UsageException($"flag needs an argument: {name}");
        if (value.Length == 0)
        {
            throw new UsageException($"flag needs an argument: {name}");
        }

        return name switch
        {
            "--addr" => options with { Address = ParseAddress(value) },
            "--root" => options with { Root = value },
            "--tls-cert" => options with { TlsCertificate = ExistingFile(value) },
            _ => options with { TlsKey = ExistingFile(value) },
        };
    }

    /// <summary><c>127.0.0.1:5000</c>, <c>[::]:5000</c>, <c>localhost:5000</c> or <c>:5000</c> for every address.</summary>
    private static IPEndPoint ParseAddress(string text)
    {
        int colon = text.LastIndexOf(':');
        if (colon < 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out ushort port))
        {
            throw new UsageException($"invalid address \"{text}\": want HOST:PORT");
        }

        string host = text[..colon];
        IPAddress? address = host switch
        {
            "" => IPAddress.IPv6Any,
            "localhost" => IPAddress.Loopback,
            _ => IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? parsed) ? parsed : null,
        };
        return address is null ? throw new UsageException($"invalid address \"{text}\": the host must be an IP address") : new IPEndPoint(address, port);
    }

    private static string ExistingFile(string path) => File.Exists(path) ? path : throw new UsageException($"no such file: {path}");
}

internal sealed class UsageException(string message) : Exception(message);
