using Berth.Linux;
using Berth.Linux.Descriptors;
using Berth.Linux.Files;

namespace Berth.Runtime.Shim;

/// <summary>Sealed copies of the runtimes' programs, which they can be run from.</summary>
/// <remarks>
/// A runtime must not be changed through <c>/proc/self/exe</c> by the container that it starts (CVE-2019-5736): crun and runc make a copy of
/// themselves at each start and run that, unless they are run from a sealed copy already. Source: runc, libcontainer/nsenter/cloned_binary.c.
/// </remarks>
internal sealed class RuntimeCopies : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RuntimeCopy> _copies = new(StringComparer.Ordinal);
    private bool _disposed;

    /// <summary>The copy of the program as it is on disk now; null for a script, or where there can be none. To know one by, not to use: the next call may close it.</summary>
    public RuntimeCopy? Of(string path)
    {
        if (StatusOf(path) is not { } file)
        {
            return null;
        }

        lock (_lock)
        {
            return Current(path, file);
        }
    }

    /// <summary>As <see cref="Of"/>, open until <paramref name="use"/> is disposed, whatever happens to the program on disk.</summary>
    public RuntimeCopy? Take(string path, out IDisposable? use)
    {
        use = null;
        if (StatusOf(path) is not { } file)
        {
            return null;
        }

        lock (_lock)
        {
            RuntimeCopy? copy = Current(path, file);
            use = copy?.Program.Hold();
            return copy;
        }
    }

    private RuntimeCopy? Current(string path, FileStatus file)
    {
        if (_disposed)
        {
            return null;
        }

        if (_copies.TryGetValue(path, out RuntimeCopy? copy))
        {
            if (copy.Inode == file.Inode && copy.Changed == file.Changed)
            {
                return copy;
            }

            _copies.Remove(path);
            copy.Program.Dispose();
        }

        try
        {
            return IsElf(path) ? _copies[path] = new RuntimeCopy(path, MemoryFile.CreateSealedCopy(path), file.Inode, file.Changed) : null;
        }
        catch (LinuxException)
        {
            return null; // the runtime can do it by itself
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            foreach (RuntimeCopy copy in _copies.Values)
            {
                copy.Program.Dispose();
            }

            _copies.Clear();
        }
    }

    private static FileStatus? StatusOf(string path)
    {
        try
        {
            FileStatus? status = FileCalls.StatusOf(path);
            return status is { Kind: FileKind.SymbolicLink } && File.ResolveLinkTarget(path, returnFinalTarget: true) is { } target
                ? FileCalls.StatusOf(target.FullName)
                : status;
        }
        catch (Exception e) when (e is LinuxException or IOException or UnauthorizedAccessException)
        {
            return null; // whoever starts the runtime says why
        }
    }

    private static bool IsElf(string path)
    {
        Span<byte> magic = stackalloc byte[4];
        return DescriptorCalls.ReadFile(path, magic) == magic.Length && magic.SequenceEqual("\u007fELF"u8);
    }
}

/// <param name="Path">Where the program lies.</param>
/// <param name="Program">Open as long as it is the newest, and as it is in use.</param>
/// <param name="Inode">Which file that was when it was copied,</param>
/// <param name="Changed">and in which state.</param>
internal sealed record RuntimeCopy(string Path, Descriptor Program, ulong Inode, FileTime Changed);
