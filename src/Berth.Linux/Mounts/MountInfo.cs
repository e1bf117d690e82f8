using System.Globalization;
using System.Text;

namespace Berth.Linux.Mounts;

/// <summary>A line of /proc/self/mountinfo. Source: proc_pid_mountinfo(5).</summary>
public sealed record MountInfo
{
    public required int Id { get; init; }
    public required int ParentId { get; init; }

    /// <summary>major:minor.</summary>
    public required string Device { get; init; }

    /// <summary>The path within the file system that is mounted.</summary>
    public required string Root { get; init; }

    public required string MountPoint { get; init; }
    public required IReadOnlyList<string> Options { get; init; }

    /// <summary>Such as <c>shared:7</c> or <c>master:7</c>.</summary>
    public required IReadOnlyList<string> Propagation { get; init; }

    public required string FileSystemType { get; init; }
    public required string Source { get; init; }
    public required IReadOnlyList<string> SuperOptions { get; init; }

    public static IReadOnlyList<MountInfo> Read(string path = "/proc/self/mountinfo") =>
        File.ReadLines(path).Select(TryParse).OfType<MountInfo>().ToList();

    /// <returns>Null for a line in no form that is known.</returns>
    public static MountInfo? TryParse(string line)
    {
        string[] fields = line.Split(' ');
        int separator = Array.IndexOf(fields, "-", Math.Min(6, fields.Length));
        if (separator < 6 || fields.Length < separator + 4
            || !int.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            || !int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out int parentId))
        {
            return null;
        }

        return new MountInfo
        {
            Id = id,
            ParentId = parentId,
            Device = fields[2],
            Root = Unescape(fields[3]),
            MountPoint = Unescape(fields[4]),
            Options = fields[5].Split(','),
            Propagation = fields[6..separator],
            FileSystemType = fields[separator + 1],
            Source = Unescape(fields[separator + 2]),
            SuperOptions = fields[separator + 3].Split(','),
        };
    }

    /// <summary>Space, tab, newline and backslash stand as three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        var plain = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                plain.Append((char)Convert.ToInt32(text.Substring(i + 1, 3), 8));
                i += 3;
            }
            else
            {
                plain.Append(text[i]);
            }
        }

        return plain.ToString();
    }
}
