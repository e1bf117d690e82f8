using System.Text;
using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Processes;

namespace Berth.Runtime;

/// <summary>What an OCI runtime says of itself: <c>runc version 1.1.5</c>, <c>commit: …</c>.</summary>
public sealed record RuntimeVersion(string Version, string Commit)
{
    /// <summary>Asks the program. Null where it cannot be run or answers in another way.</summary>
    public static RuntimeVersion? Ask(string path)
    {
        try
        {
            using Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDWR);
            (Descriptor reader, Descriptor writer) = DescriptorCalls.CreatePipe();
            using (reader)
            {
                int pid;
                using (writer)
                {
                    pid = ChildProcess.Spawn(new SpawnRequest { Path = path, Arguments = [path, "--version"], Descriptors = [nothing, writer, nothing] });
                }

                string text = ReadToEnd(reader);
                return ChildProcess.Wait(pid).ExitCode == 0 ? Parse(text) : null;
            }
        }
        catch (LinuxException)
        {
            return null;
        }
    }

    /// <remarks>moby 28: daemon/info_unix.go, parseRuntimeVersion. crun answers in runc's form.</remarks>
    internal static RuntimeVersion? Parse(string text)
    {
        string version = "";
        string commit = "";
        foreach (string line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            int found = line.IndexOf(" version ", StringComparison.Ordinal);
            if (found > 0 && version.Length == 0)
            {
                version = line[(found + " version ".Length)..].Trim();
            }
            else if (line.StartsWith("commit:", StringComparison.Ordinal))
            {
                commit = line["commit:".Length..].Trim();
            }
        }

        return version.Length > 0 ? new RuntimeVersion(version, commit) : null;
    }

    private static string ReadToEnd(Descriptor reader)
    {
        // Nothing that names a version is longer.
        byte[] buffer = new byte[4096];
        int length = 0;
        while (length < buffer.Length && DescriptorCalls.Read(reader, buffer.AsSpan(length)) is > 0 and int read)
        {
            length += read;
        }

        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
