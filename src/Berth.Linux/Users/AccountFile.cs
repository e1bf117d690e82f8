using System.Buffers;
using System.Globalization;
using System.Text;
using Berth.Linux.Files;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Users;

/// <summary>Reads passwd and group files that somebody else wrote: an image, or a container.</summary>
/// <remarks>
/// Bounded in bytes, in the length of a line and in members, so that no file can hold up a start or eat the daemon's memory (CVE-2026-47262);
/// what is beyond is an error, not silently cut. Lines that are no entries are passed over, as getpwent(3) does.
/// </remarks>
public static class AccountFile
{
    /// <summary>Bytes of a whole file.</summary>
    public const int MaximumSize = 16 << 20;

    /// <summary>Bytes of one line.</summary>
    public const int MaximumLine = 1 << 20;

    /// <exception cref="InvalidDataException">The file goes beyond the bounds.</exception>
    public static IEnumerable<UserEntry> ReadUsers(SafeFileHandle file) =>
        Lines(file).Select(TryParseUser).Where(entry => entry is not null).Select(entry => entry!.Value);

    /// <exception cref="InvalidDataException">The file goes beyond the bounds.</exception>
    public static IEnumerable<GroupEntry> ReadGroups(SafeFileHandle file) =>
        Lines(file).Select(TryParseGroup).Where(entry => entry is not null).Select(entry => entry!.Value);

    /// <returns>Null where the line is no entry.</returns>
    public static UserEntry? TryParseUser(string line)
    {
        string[] fields = line.Split(':', 8);
        return fields.Length >= 4 && fields[0].Length > 0 && TryParseId(fields[2], out uint uid) && TryParseId(fields[3], out uint gid)
            ? new UserEntry(fields[0], uid, gid, fields.Length > 5 ? fields[5] : "")
            : null;
    }

    /// <returns>Null where the line is no entry.</returns>
    public static GroupEntry? TryParseGroup(string line)
    {
        string[] fields = line.Split(':', 5);
        return fields.Length >= 3 && fields[0].Length > 0 && TryParseId(fields[2], out uint gid)
            ? new GroupEntry(fields[0], gid, fields.Length > 3 ? fields[3].Split(',', StringSplitOptions.RemoveEmptyEntries) : [])
            : null;
    }

    /// <summary>A user or group id: decimal digits only, up to 2147483647 as Docker has it (CVE-2024-40635).</summary>
    public static bool TryParseId(string text, out uint id) =>
        uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out id) && id <= int.MaxValue;

    private static IEnumerable<string> Lines(SafeFileHandle file)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(64 << 10);
        try
        {
            var line = new ArrayBufferWriter<byte>(256);
            long total = 0;
            for (int count; (count = FileCalls.Read(file, buffer)) > 0;)
            {
                if ((total += count) > MaximumSize)
                {
                    throw new InvalidDataException($"the file is larger than {MaximumSize} bytes");
                }

                for (int start = 0; start < count;)
                {
                    int end = buffer.AsSpan(start, count - start).IndexOf((byte)'\n');
                    int length = end < 0 ? count - start : end;
                    if (line.WrittenCount + length > MaximumLine)
                    {
                        throw new InvalidDataException($"a line is longer than {MaximumLine} bytes");
                    }

                    line.Write(buffer.AsSpan(start, length));
                    start += length + 1;
                    if (end >= 0)
                    {
                        yield return Text(line);
                        line.Clear();
                    }
                }
            }

            if (line.WrittenCount > 0)
            {
                yield return Text(line);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static string Text(ArrayBufferWriter<byte> line) => Encoding.UTF8.GetString(line.WrittenSpan).Trim();
}
