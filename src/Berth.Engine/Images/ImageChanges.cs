using System.Globalization;
using Berth.Api;
using Berth.Api.Containers;
using Berth.Dockerfile;

namespace Berth.Engine.Images;

/// <summary><c>--change</c> of commit and import: Dockerfile instructions applied to a config.</summary>
/// <remarks>moby 28: builder/dockerfile/dispatchers.go. Variables are those of the config's environment.</remarks>
internal static class ImageChanges
{
    private static readonly string[] DefaultShell = ["/bin/sh", "-c"];

    /// <exception cref="EngineException">InvalidParameter, with dockerd's sentence, for what is no such instruction.</exception>
    public static ContainerConfig Apply(ContainerConfig config, IReadOnlyList<string> changes)
    {
        try
        {
            IReadOnlyList<ChangeInstruction> instructions = ChangeInstruction.ParseAll(changes);
            bool setsCommand = false;
            foreach (ChangeInstruction instruction in instructions)
            {
                config = Apply(config, instruction, setsCommand);
                setsCommand |= instruction.Keyword == "cmd";
            }

            return config;
        }
        catch (SyntaxException e)
        {
            throw new EngineException(ErrorKind.InvalidParameter, e.Message, e);
        }
    }

    private static ContainerConfig Apply(ContainerConfig config, ChangeInstruction instruction, bool commandIsSet) => instruction.Keyword switch
    {
        "cmd" => config with { Cmd = Command(config, instruction) },
        // a new entrypoint takes another command than the old one had
        "entrypoint" => config with { Entrypoint = Command(config, instruction), Cmd = commandIsSet ? config.Cmd : null },
        "env" => config with { Env = Environment(config, instruction) },
        "label" => config with { Labels = Labels(config, instruction) },
        "expose" => config with { ExposedPorts = Ports(config, instruction) },
        "volume" => config with { Volumes = Volumes(config, instruction) },
        "user" => config with { User = Single(config, instruction) },
        "workdir" => config with { WorkingDir = WorkingDirectory(config.WorkingDir, Single(config, instruction)) },
        "stopsignal" => config with { StopSignal = StopSignal(Single(config, instruction)) },
        "onbuild" => config with { OnBuild = [.. config.OnBuild ?? [], Trigger(instruction)] },
        "healthcheck" => config with { Healthcheck = HealthcheckChange.Parse(instruction) },
        _ => throw new SyntaxException($"{instruction.Keyword} is not a valid change command"),
    };

    private static IReadOnlyList<string> Shell(ContainerConfig config) => config.Shell is { Count: > 0 } shell ? shell : DefaultShell;

    private static StringOrList? Command(ContainerConfig config, ChangeInstruction instruction) =>
        instruction.Json is { } json ? StringOrList.Of(json)
        : instruction.Rest.Length == 0 ? null
        : [.. Shell(config), instruction.Rest];

    private static List<string> Environment(ContainerConfig config, ChangeInstruction instruction)
    {
        var environment = (config.Env ?? []).ToList();
        // all of one instruction sees the environment as it was before it
        Dictionary<string, string> before = Variables(config);
        foreach ((string name, string value) in instruction.Pairs())
        {
            string key = ShellWords.Expand(name, before);
            string pair = $"{key}={ShellWords.Expand(value, before)}";
            int known = environment.FindIndex(e => e.Split('=')[0] == key);
            if (known >= 0)
            {
                environment[known] = pair;
            }
            else
            {
                environment.Add(pair);
            }
        }

        return environment;
    }

    private static Dictionary<string, string> Labels(ContainerConfig config, ChangeInstruction instruction)
    {
        var labels = new Dictionary<string, string>(config.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        Dictionary<string, string> variables = Variables(config);
        foreach ((string name, string value) in instruction.Pairs())
        {
            labels[ShellWords.Expand(name, variables)] = ShellWords.Expand(value, variables);
        }

        return labels;
    }

    private static Dictionary<string, EmptyObject> Ports(ContainerConfig config, ChangeInstruction instruction)
    {
        var ports = new Dictionary<string, EmptyObject>(config.ExposedPorts ?? new Dictionary<string, EmptyObject>(), StringComparer.Ordinal);
        foreach (string word in AtLeastOne(config, instruction))
        {
            foreach (string port in PortRange(word))
            {
                ports[port] = EmptyObject.Value;
            }
        }

        return ports;
    }

    /// <summary><c>8000-8002/udp</c> stands for three ports.</summary>
    private static IEnumerable<string> PortRange(string word)
    {
        string[] parts = word.Split('/');
        string[] ends = parts[0].Split('-');
        string protocol = parts.Length == 2 ? parts[1].ToLowerInvariant() : "tcp";
        if (parts.Length > 2 || ends.Length > 2 || protocol is not ("tcp" or "udp" or "sctp")
            || !ushort.TryParse(ends[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            || !ushort.TryParse(ends[^1], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last) || last < first)
        {
            throw new SyntaxException(parts.Length == 2 && protocol is not ("tcp" or "udp" or "sctp")
                ? $"invalid proto: {parts[1]}" : $"invalid containerPort: {word}");
        }

        return Enumerable.Range(first, last - first + 1).Select(p => string.Create(CultureInfo.InvariantCulture, $"{p}/{protocol}"));
    }

    private static Dictionary<string, EmptyObject> Volumes(ContainerConfig config, ChangeInstruction instruction)
    {
        var volumes = new Dictionary<string, EmptyObject>(config.Volumes ?? new Dictionary<string, EmptyObject>(), StringComparer.Ordinal);
        foreach (string word in AtLeastOne(config, instruction))
        {
            string path = word.Trim();
            volumes[path.Length > 0 ? path : throw new SyntaxException("VOLUME specified can not be an empty string")] = EmptyObject.Value;
        }

        return volumes;
    }

    private static IEnumerable<string> AtLeastOne(ContainerConfig config, ChangeInstruction instruction)
    {
        IReadOnlyList<string> words = instruction.Words;
        Dictionary<string, string> variables = Variables(config);
        return words.Count == 0
            ? throw new SyntaxException($"{instruction.Keyword.ToUpperInvariant()} requires at least one argument")
            : words.Select(w => ShellWords.Expand(w, variables));
    }

    private static string Single(ContainerConfig config, ChangeInstruction instruction) => instruction.Rest.Length == 0
        ? throw new SyntaxException($"{instruction.Keyword.ToUpperInvariant()} requires exactly one argument")
        : ShellWords.Expand(instruction.Rest, Variables(config));

    private static string WorkingDirectory(string current, string path)
    {
        string whole = path.StartsWith('/') ? path : $"/{current}/{path}";
        var parts = new List<string>();
        foreach (string part in whole.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".." && parts.Count > 0)
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part is not ("." or ".."))
            {
                parts.Add(part);
            }
        }

        return "/" + string.Join('/', parts);
    }

    private static string StopSignal(string text)
    {
        string name = text.ToUpperInvariant();
        name = name.StartsWith("SIG", StringComparison.Ordinal) ? name[3..] : name;
        bool isNumber = int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 64;
        bool isName = name.Length > 1 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '+' or '-') && char.IsAsciiLetter(name[0]);
        return isNumber || isName ? text : throw new SyntaxException($"invalid signal: {text}");
    }

    private static string Trigger(ChangeInstruction instruction)
    {
        string keyword = instruction.Rest.Split(' ', '\t')[0].ToUpperInvariant();
        return keyword switch
        {
            "" => throw new SyntaxException("ONBUILD requires at least one argument"),
            "ONBUILD" => throw new SyntaxException("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
            "MAINTAINER" or "FROM" => throw new SyntaxException($"{keyword} isn't allowed as an ONBUILD trigger"),
            _ => instruction.Rest,
        };
    }

    private static Dictionary<string, string> Variables(ContainerConfig config)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string pair in config.Env ?? [])
        {
            int equals = pair.IndexOf('=', StringComparison.Ordinal);
            variables[equals < 0 ? pair : pair[..equals]] = equals < 0 ? "" : pair[(equals + 1)..];
        }

        return variables;
    }
}
