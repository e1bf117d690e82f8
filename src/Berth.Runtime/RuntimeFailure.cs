using System.Text.Json;
using Berth.Runtime.Shim;

namespace Berth.Runtime;

/// <summary>Turns what crun and runc say into what users of Docker (with runc) read: its client finds exit codes 126 and 127 by these words.</summary>
/// <remarks>containerd 1.7 and runc 1.2 for the sentences; docker/cli: cli/command/container/run.go, toStatusError.</remarks>
internal static class RuntimeFailure
{
    /// <summary>The command is not there.</summary>
    internal const int NotFound = 127;

    private const int CannotInvoke = 126;
    private const int CannotStart = 128;

    /// <param name="command">The command's first word, read only where it is needed.</param>
    public static RuntimeFailureException OfCreate(ShimFailure failure, Func<string> command)
    {
        (string reason, int code) = Translate(failure, command, "error during container init: ");
        return new($"failed to create shim task: OCI runtime create failed: {WithPrefix(reason, "runc create failed: ")}: unknown", code);
    }

    public static RuntimeFailureException OfExec(ShimFailure failure, Func<string> command)
    {
        (string reason, int code) = Translate(failure, command, "");
        return new($"OCI runtime exec failed: {WithPrefix(reason, "exec failed: ")}: unknown", code);
    }

    public static RuntimeFailureException OfRequest(ShimFailure failure) =>
        new(failure.IsRuntimeLog ? LastError(failure.Text) : failure.Text);

    /// <summary>The first argument of the process in an OCI runtime-spec config.json; empty where there is none.</summary>
    public static string CommandOfConfig(string configPath)
    {
        using JsonDocument config = JsonDocument.Parse(File.ReadAllBytes(configPath));
        return config.RootElement.TryGetProperty("process", out JsonElement process) ? CommandOf(process) : "";
    }

    public static string CommandOfProcess(ReadOnlySpan<byte> processJson)
    {
        var reader = new Utf8JsonReader(processJson);
        using JsonDocument process = JsonDocument.ParseValue(ref reader);
        return CommandOf(process.RootElement);
    }

    private static string CommandOf(JsonElement process) =>
        process.TryGetProperty("args", out JsonElement arguments) && arguments.GetArrayLength() > 0 ? arguments[0].GetString() ?? "" : "";

    private static (string Reason, int Code) Translate(ShimFailure failure, Func<string> command, string stage)
    {
        if (!failure.IsRuntimeLog)
        {
            return (failure.Text, CannotStart);
        }

        string error = LastError(failure.Text);
        string? ofCommand = FromCrun(error, command) ?? FromRunc(error);
        if (ofCommand is null)
        {
            return (FromCrunDirectory(error) is { } directory ? $"unable to start container process: {stage}{directory}" : WithoutRuncPrefix(error), CannotStart);
        }

        // docker/cli takes "is a directory" and "permission denied" for 126, the rest for 127.
        bool isThere = ofCommand.EndsWith("permission denied", StringComparison.Ordinal) || ofCommand.EndsWith("is a directory", StringComparison.Ordinal);
        return ($"unable to start container process: {stage}{ofCommand}", isThere ? CannotInvoke : NotFound);
    }

    // crun: src/libcrun/container.c and linux.c, find_executable.
    private static string? FromCrun(string error, Func<string> command)
    {
        if (error.StartsWith("executable file `", StringComparison.Ordinal))
        {
            string name = error["executable file `".Length..];
            int end = name.IndexOf("` not found", StringComparison.Ordinal);
            return end < 0 ? null : Missing(name[..end]);
        }

        if (error.StartsWith("open executable: ", StringComparison.Ordinal) || error.StartsWith("exec executable: ", StringComparison.Ordinal))
        {
            string name = command();
            string reason = error[(error.IndexOf(": ", StringComparison.Ordinal) + 2)..];
            return reason switch
            {
                _ when name.Length == 0 => Missing(name),

                // What crun finds but is no regular file, it calls "not permitted".
                "Operation not permitted" => $"exec: \"{name}\": is a directory",
                "No such file or directory" => Missing(name),
                _ => $"exec: \"{name}\": {LowerFirst(reason)}",
            };
        }

        return null;
    }

    // runc names the command itself: exec: "x": ….
    private static string? FromRunc(string error)
    {
        int start = error.IndexOf("exec: \"", StringComparison.Ordinal);
        if (start < 0 || !error.Contains("unable to start container process: ", StringComparison.Ordinal))
        {
            return null;
        }

        return error[start..];
    }

    // crun: chdir `/x`: Not a directory.
    private static string? FromCrunDirectory(string error)
    {
        int end = error.IndexOf("`: ", StringComparison.Ordinal);
        return error.StartsWith("chdir `", StringComparison.Ordinal) && end > 0
            ? $"chdir to cwd (\"{error["chdir `".Length..end]}\") set in config.json failed: {LowerFirst(error[(end + 3)..])}"
            : null;
    }

    // Go: os/exec.LookPath looks in $PATH only for names without a slash.
    private static string Missing(string name) => name.Contains('/', StringComparison.Ordinal)
        ? $"exec: \"{name}\": stat {name}: no such file or directory"
        : $"exec: \"{name}\": executable file not found in $PATH";

    private static string WithPrefix(string reason, string prefix) =>
        reason.StartsWith("unable to start container process: ", StringComparison.Ordinal) ? prefix + reason : reason;

    // One command line does both, so runc says "run failed" where Docker's users read "create failed".
    private static string WithoutRuncPrefix(string error)
    {
        foreach (string prefix in (string[])["runc run failed: ", "runc create failed: ", "exec failed: "])
        {
            if (error.StartsWith(prefix, StringComparison.Ordinal))
            {
                return error[prefix.Length..];
            }
        }

        return error;
    }

    private static string LowerFirst(string text) => text.Length > 0 ? char.ToLowerInvariant(text[0]) + text[1..] : text;

    /// <summary>The last error in a log of JSON lines; the last line as it is where none is JSON.</summary>
    internal static string LastError(string log)
    {
        string[] lines = log.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        string? other = null;
        for (int i = lines.Length - 1; i >= 0; i--)
        {
            if (!TryRead(lines[i], out string? message, out string? level))
            {
                other ??= lines[i];
                continue;
            }

            if (level is null or "error" or "fatal")
            {
                return message;
            }

            other ??= message;
        }

        return other ?? "";
    }

    private static bool TryRead(string line, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? message, out string? level)
    {
        message = level = null;
        try
        {
            using JsonDocument entry = JsonDocument.Parse(line);
            if (entry.RootElement.ValueKind == JsonValueKind.Object && entry.RootElement.TryGetProperty("msg", out JsonElement text))
            {
                message = text.GetString();
                level = entry.RootElement.TryGetProperty("level", out JsonElement value) ? value.GetString() : null;
            }
        }
        catch (JsonException)
        {
            // The log's tail may begin within a line.
        }

        return message is not null;
    }
}
