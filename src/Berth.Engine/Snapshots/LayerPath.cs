using System.Text;
using Berth.Oci.Layers;

namespace Berth.Engine.Snapshots;

/// <summary>A member's name taken apart: relative, without <c>.</c> and <c>..</c>, cut into the directory and the last name.</summary>
/// <remarks>The class that CVE-2019-14271 and a dozen others stand for: no name of an archive is joined to a path of the host.</remarks>
internal readonly ref struct LayerPath
{
    /// <summary>Source: linux/include/uapi/linux/limits.h, PATH_MAX with its NUL.</summary>
    private const int MaximumLength = 4096;

    private readonly Span<byte> _buffer;
    private readonly int _length;
    private readonly int _leafStart;

    private LayerPath(Span<byte> buffer, int length, int leafStart)
    {
        _buffer = buffer;
        _length = length;
        _leafStart = leafStart;
    }

    /// <summary>The layer's own root.</summary>
    public bool IsRoot => _length == 0;

    /// <summary>The whole path without NUL.</summary>
    public ReadOnlySpan<byte> Whole => _buffer[.._length];

    /// <summary>The whole path with its NUL.</summary>
    public ReadOnlySpan<byte> Terminated => _buffer[..(_length + 1)];

    /// <summary>The directory's path, without NUL; empty for the root.</summary>
    public ReadOnlySpan<byte> Parent => _buffer[..Math.Max(0, _leafStart - 1)];

    /// <summary>The last name with its NUL.</summary>
    public ReadOnlySpan<byte> Leaf => _buffer[_leafStart..(_length + 1)];

    public ReadOnlySpan<byte> LeafWithoutNul => _buffer[_leafStart.._length];

    /// <param name="buffer">At least <see cref="BufferLength"/> bytes, which the result lives in.</param>
    /// <exception cref="LayerFormatException">The name leaves the layer, has a NUL in it or is too long.</exception>
    public static LayerPath Parse(ReadOnlySpan<byte> name, Span<byte> buffer)
    {
        if (name.Length > MaximumLength || name.Contains((byte)0))
        {
            throw new LayerFormatException($"invalid name {Quote(name)}");
        }

        int length = 0;
        foreach (Range range in name.Split((byte)'/'))
        {
            ReadOnlySpan<byte> part = name[range];
            if (part.Length == 0 || part.SequenceEqual("."u8))
            {
                continue;
            }

            if (part.SequenceEqual(".."u8))
            {
                if (length == 0)
                {
                    throw new LayerFormatException($"{Quote(name)} is outside of \"/\"");
                }

                length = Math.Max(0, buffer[..length].LastIndexOf((byte)'/'));
                continue;
            }

            if (length > 0)
            {
                buffer[length++] = (byte)'/';
            }

            part.CopyTo(buffer[length..]);
            length += part.Length;
        }

        buffer[length] = 0;
        return new LayerPath(buffer, length, buffer[..length].LastIndexOf((byte)'/') + 1);
    }

    public static int BufferLength => MaximumLength + 2;

    /// <summary>A name as Go's %q prints it, near enough for an error message.</summary>
    public static string Quote(ReadOnlySpan<byte> name)
    {
        string text = Encoding.UTF8.GetString(name[..Math.Min(name.Length, 256)]);
        return $"\"{string.Concat(text.Select(c => char.IsControl(c) ? '?' : c))}\"";
    }
}
