using System.Text;

namespace Berth.Shim;

/// <summary>
/// A command that the kernel refuses when all else is done (a program for another processor, most often). The runtime is in the process's
/// place by then and writes the reason to its output, where users find it in the log: runc as a sentence, crun as an entry of its own log.
/// </summary>
internal static class ExecFailure
{
    /// <summary>crun's entry as runc's sentence; null for everything else.</summary>
    /// <param name="output">The first piece of a process's output.</param>
    /// <remarks>
    /// <c>{"msg":"exec container process `/x`: Exec format error",…}</c> becomes <c>exec /x: exec format error</c>.
    /// Source: crun, src/libcrun/container.c.
    /// </remarks>
    public static string? Translate(ReadOnlySpan<byte> output)
    {
        if (!output.StartsWith("{\"msg\":\"exec container process `"u8))
        {
            return null;
        }

        ReadOnlySpan<byte> rest = output["{\"msg\":\"exec container process `".Length..];
        int middle = rest.IndexOf("`: "u8);
        int end = middle < 0 ? -1 : rest[middle..].IndexOf("\",\"level\":\"error\""u8);
        if (end < 0)
        {
            return null;
        }

        string reason = Encoding.UTF8.GetString(rest[(middle + "`: ".Length)..(middle + end)]);
        return $"exec {Encoding.UTF8.GetString(rest[..middle])}: {char.ToLowerInvariant(reason[0])}{reason[1..]}\n";
    }
}
