using System.Globalization;

namespace Berth.Registry.Endpoints;

/// <summary>A part of a blob. Source: RFC 9110, section 14; OCI distribution-spec, "Pulling blobs".</summary>
internal readonly record struct ByteRange(long Start, long Length)
{
    /// <summary>
    /// The one range that a Range header asks for; null where the whole is to be sent: no header, another unit than bytes, or several ranges.
    /// </summary>
    /// <exception cref="RegistryFailure">416: it begins after the end of the blob, or ends before it begins.</exception>
    public static ByteRange? Of(string? header, long size)
    {
        const string unit = "bytes=";
        if (header is null || !header.StartsWith(unit, StringComparison.Ordinal) || header.Contains(',', StringComparison.Ordinal))
        {
            return null;
        }

        ReadOnlySpan<char> range = header.AsSpan(unit.Length).Trim();
        int dash = range.IndexOf('-');
        if (dash < 0)
        {
            return null;
        }

        bool hasStart = TryNumber(range[..dash], out long start);
        bool hasEnd = TryNumber(range[(dash + 1)..], out long end);
        if (!hasStart && dash == 0 && hasEnd)
        {
            long suffix = Math.Min(end, size);
            return suffix > 0 ? new ByteRange(size - suffix, suffix) : throw Unsatisfiable(header);
        }

        if (!hasStart || (!hasEnd && dash != range.Length - 1))
        {
            return null;
        }

        end = hasEnd ? Math.Min(end, size - 1) : size - 1;
        return start < size && start <= end ? new ByteRange(start, end - start + 1) : throw Unsatisfiable(header);
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    private static RegistryFailure Unsatisfiable(string header) => new(RegistryErrors.RangeInvalid, header);
}
