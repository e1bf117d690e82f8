using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Files;

/// <param name="Name">Bytes as the directory holds them, NUL-terminated.</param>
public readonly record struct DirectoryEntry(byte[] Name, ulong Inode)
{
    public ReadOnlySpan<byte> NameWithoutNul => Name.AsSpan(0, Name.Length - 1);
}

/// <summary>Lists open directories.</summary>
public static partial class DirectoryReader
{
    /// <summary>All entries but <c>.</c> and <c>..</c>, in the file system's order, from the directory's current position on.</summary>
    public static List<DirectoryEntry> Read(SafeFileHandle directory)
    {
        var entries = new List<DirectoryEntry>();
        byte[] buffer = new byte[32 * 1024];
        while (true)
        {
            nint count = getdents64(directory, buffer, (nuint)buffer.Length);
            if (count < 0)
            {
                throw new LinuxException("getdents64", Marshal.GetLastPInvokeError());
            }

            if (count == 0)
            {
                return entries;
            }

            Parse(buffer.AsSpan(0, (int)count), entries);
        }
    }

    /// <summary>Source: getdents(2), struct linux_dirent64: inode, offset, record length, type, name.</summary>
    private static void Parse(ReadOnlySpan<byte> records, List<DirectoryEntry> entries)
    {
        while (records.Length > 0)
        {
            ulong inode = BinaryPrimitives.ReadUInt64LittleEndian(records);
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[16..]);
            ReadOnlySpan<byte> name = records[19..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
            {
                entries.Add(new DirectoryEntry(FileCalls.Terminated(name), inode));
            }

            records = records[length..];
        }
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial nint getdents64(SafeHandle directory, Span<byte> buffer, nuint size);
}
