using System.ComponentModel;

namespace Berth.Linux;

/// <summary>A system call failed: which, on what, and why.</summary>
public sealed class LinuxException(string call, int errno, string? path = null)
    : Exception(path is null ? $"{call}: {Describe(errno)}" : $"{call} {path}: {Describe(errno)}")
{
    public string Call { get; } = call;
    public int Errno { get; } = errno;
    public string? Path { get; } = path;

    /// <summary>The kernel's sentence in lower case, as Go prints it: <c>address already in use</c>.</summary>
    public string Reason => Describe(Errno);

    private static string Describe(int errno)
    {
        string text = new Win32Exception(errno).Message;
        return text.Length > 1 && char.IsUpper(text[0]) && char.IsLower(text[1]) ? char.ToLowerInvariant(text[0]) + text[1..] : text;
    }
}
