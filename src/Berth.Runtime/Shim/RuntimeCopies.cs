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

    /// <summary>The copy of the program as it is on disk now; null for a script, or where there can be none.</summary>
    public RuntimeCopy? Of(string path)
    {
        if (StatusOf(path) is not { } file)
        {
            return null;
        }

        lock (_lock)
        {
            if (_copies.TryGetValue(path, out RuntimeCopy? copy) && copy.Inode == file.Inode && copy.Changed == file.Changed)
            {
                return copy;
            }

            // An older copy stays open: a shim that is being started may be about to inherit it.
            try
            {
                return IsElf(path) ? _copies[path] = new RuntimeCopy(path, MemoryFile.CreateSealedCopy(path), file.Inode, file.Changed) : null;
            }
            catch (LinuxException)
            {
                return null; // the runtime can do it by itself
            }
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
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
/// <param name="Inode">Which file that was when it was copied,</param>
/// <param name="Changed">and in which state.</param>
internal sealed record RuntimeCopy(string Path, Descriptor Program, ulong Inode, FileTime Changed);
