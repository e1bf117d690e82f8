using System.Text;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Processes;

/// <summary>What a program that ran to its end had to say.</summary>
public sealed record ProgramOutput(int ExitCode, string Text, string Errors)
{
    /// <summary>Bytes of either stream; what is beyond is read and dropped.</summary>
    private const int MaximumLength = 16 << 20;

    /// <summary>Runs a program of $PATH without input. Cancelling gives up waiting; the program runs to its end.</summary>
    /// <exception cref="LinuxException">It is not there, or cannot be started.</exception>
    public static Task<ProgramOutput> OfAsync(string program, IReadOnlyList<string> arguments, CancellationToken ct)
    {
        string path = (Environment.GetEnvironmentVariable("PATH") ?? "/usr/bin:/bin").Split(':')
            .Where(directory => directory.Length > 0)
            .Select(directory => Path.Combine(directory, program))
            .FirstOrDefault(File.Exists) ?? throw new LinuxException("exec", Errno.ENOENT, program);
        // pipes and wait(2) block: a thread of the pool's own waits for both
        return Task.Run(() => Run(path, [program, .. arguments]), CancellationToken.None).WaitAsync(ct);
    }

    private static ProgramOutput Run(string path, IReadOnlyList<string> arguments)
    {
        (Descriptor outputReader, Descriptor outputWriter) = DescriptorCalls.CreatePipe();
        using (outputReader)
        {
            (Descriptor errorReader, Descriptor errorWriter) = DescriptorCalls.CreatePipe();
            using (errorReader)
            {
                int pid;
                using (outputWriter)
                using (errorWriter)
                using (Descriptor nothing = DescriptorCalls.Open("/dev/null", DescriptorCalls.O_RDONLY))
                {
                    pid = ChildProcess.Spawn(new SpawnRequest { Path = path, Arguments = arguments, Descriptors = [nothing, outputWriter, errorWriter] });
                }

                // both at once: a program that fills the one pipe while we read the other would wait for ever
                Task<string> errors = Task.Run(() => ReadToEnd(errorReader));
                string text = ReadToEnd(outputReader);
                string errorText = errors.GetAwaiter().GetResult();
                return new ProgramOutput(ChildProcess.Wait(pid).ExitCode, text, errorText);
            }
        }
    }

    private static string ReadToEnd(Descriptor reader)
    {
        byte[] buffer = new byte[32 * 1024];
        using var all = new MemoryStream();
        for (int count; (count = DescriptorCalls.Read(reader, buffer)) > 0;)
        {
            if (all.Length < MaximumLength)
            {
                all.Write(buffer, 0, count);
            }
        }

        return Encoding.UTF8.GetString(all.GetBuffer(), 0, (int)all.Length);
    }
}
