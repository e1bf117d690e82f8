using Berth.Linux;
using Berth.Linux.Files;
using Berth.Oci.Layers;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Snapshots;

/// <summary>Deletions, and the owners, modes, attributes and times of what was unpacked.</summary>
internal sealed partial class LayerApplier
{
    private const int SpecialBits = 0xE00; // 07000: setuid, setgid, sticky

    /// <summary>Whether a directory on the way is a whiteout by its name: AUFS's leftovers, not content.</summary>
    private static bool IsInWhiteout(ReadOnlySpan<byte> parent)
    {
        foreach (Range range in parent.Split((byte)'/'))
        {
            if (parent[range].StartsWith(Whiteout.Prefix))
            {
                return true;
            }
        }

        return false;
    }

    private void ApplyOpaque(SafeFileHandle directory)
    {
        if (_style == WhiteoutStyle.Mark)
        {
            OverlayMarks.SetOpaque(directory, ".\0"u8);
            return;
        }

        using SafeFileHandle listing = FileCalls.Open(directory, ".\0"u8, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY, 0, Resolve.Beneath);
        foreach (DirectoryEntry entry in DirectoryReader.Read(listing))
        {
            Remove(directory, entry.Name);
        }
    }

    private void ApplyDeletion(SafeFileHandle parent, ReadOnlySpan<byte> target, byte[] name)
    {
        if (target.Length == 0 || target.SequenceEqual("."u8) || target.SequenceEqual(".."u8))
        {
            throw new LayerFormatException($"invalid whiteout name {LayerPath.Quote(name)}");
        }

        byte[] leaf = FileCalls.Terminated(target);
        if (_style == WhiteoutStyle.Delete)
        {
            Remove(parent, leaf);
            return;
        }

        int errno = OverlayMarks.TryMakeWhiteout(parent, leaf);
        if (errno == Errno.EEXIST)
        {
            // the layer itself brings the name anew, and a whiteout acts on what is below only:
            // a file hides that by being there, a directory must be told to
            errno = 0;
            if (FileCalls.TryStatus(parent, leaf, out _) is { Kind: FileKind.Directory })
            {
                OverlayMarks.SetOpaque(parent, leaf);
            }
        }

        if (errno != 0)
        {
            throw new LinuxException("mknodat", errno, FileCalls.Text(name));
        }
    }

    /// <param name="masked">Permission bits that the file did not get when it was made.</param>
    private static void SetAttributes(LayerEntry entry, SafeFileHandle file, int masked)
    {
        bool owned = entry.Uid != 0 || entry.Gid != 0;
        if (owned && Privileged)
        {
            Require(FileCalls.TryChangeOwner(file, entry.Uid, entry.Gid), "fchown", entry);
        }

        // the kernel clears setuid and setgid with the owner: the mode comes after it
        if ((entry.Permissions & (masked | SpecialBits)) != 0)
        {
            Require(FileCalls.TryChangeMode(file, entry.Permissions), "fchmod", entry);
        }

        foreach ((string attribute, byte[] value) in entry.ExtendedAttributes)
        {
            if (!OverlayMarks.IsOverlayAttribute(attribute))
            {
                RequireAttribute(FileCalls.TrySetExtendedAttribute(file, FileCalls.Terminated(attribute), value), entry);
            }
        }

        FileTime modified = ModifiedTime(entry);
        Require(FileCalls.TrySetTimes(file, modified, modified), "futimens", entry);
    }

    private static void SetAttributes(LayerEntry entry, ReadOnlySpan<byte> leaf, SafeFileHandle parent)
    {
        if ((entry.Uid != 0 || entry.Gid != 0) && Privileged)
        {
            Require(FileCalls.TryChangeOwner(parent, leaf, entry.Uid, entry.Gid), "fchownat", entry);
        }

        if (entry.Type != LayerEntryType.SymbolicLink)
        {
            Require(FileCalls.TryChangeMode(parent, leaf, entry.Permissions), "fchmodat", entry);
        }

        foreach ((string attribute, byte[] value) in entry.ExtendedAttributes)
        {
            if (!OverlayMarks.IsOverlayAttribute(attribute))
            {
                RequireAttribute(FileCalls.TrySetExtendedAttribute(parent, leaf, FileCalls.Terminated(attribute), value), entry);
            }
        }

        FileTime modified = ModifiedTime(entry);
        Require(FileCalls.TrySetTimes(parent, leaf, modified, modified), "utimensat", entry);
    }

    /// <summary>Deepest first, so that a directory closed to its owner is left before it is closed.</summary>
    private void FinishDirectories()
    {
        foreach ((byte[] path, LayerEntry entry) in _attributes.OrderByDescending(a => a.Key.Length))
        {
            byte[] terminated = path.Length == 0 ? [(byte)'.', 0] : FileCalls.Terminated(path);
            const int flags = OpenFlags.O_RDONLY;
            using SafeFileHandle? directory = FileCalls.TryOpen(
                _directories.Root, terminated, flags | OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW, 0, LayerDirectories.Confined, out int errno);
            if (directory is not null)
            {
                SetAttributes(entry, directory, masked: 0xFFF);
            }
            else if (errno is not (Errno.ENOENT or Errno.ENOTDIR or Errno.ELOOP))
            {
                // those three: a later member has replaced the directory
                throw new LinuxException("openat2", errno, FileCalls.Text(path));
            }
        }
    }

    /// <summary>A file system without such attributes keeps the file; so does a process that may not set them. moby: pkg/archive, createTarFile.</summary>
    private static void RequireAttribute(int errno, LayerEntry entry)
    {
        if (errno != Errno.EOPNOTSUPP && (errno != Errno.EPERM || Privileged))
        {
            Require(errno, "setxattr", entry);
        }
    }

    private static FileTime ModifiedTime(LayerEntry entry) => new(entry.ModifiedSeconds, entry.ModifiedNanoseconds);
}
