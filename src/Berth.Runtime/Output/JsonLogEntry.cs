using System.Text;

namespace Berth.Runtime.Output;

/// <summary>One line of a json-file log, as Docker writes it.</summary>
/// <remarks>moby: daemon/logger/jsonfilelog/jsonlog/jsonlogbytes.go; <c>{"log":"…\n","stream":"stdout","attrs":{…},"time":"…"}</c>.</remarks>
internal static class JsonLogEntry
{
    // A byte grows to \u00XX at most; the rest is keys, the stream's name and the time.
    public static int MaxLength(int lineLength, int attributesLength) => (lineLength * 6) + attributesLength + 128;

    /// <returns>The entry's length, its newline included.</returns>
    public static int Encode(Span<byte> destination, OutputStream stream, ReadOnlySpan<byte> line, bool complete, ReadOnlySpan<byte> attributes, LogTime time)
    {
        int length = 0;
        Append(destination, ref length, "{"u8);
        if (!line.IsEmpty || complete)
        {
            Append(destination, ref length, "\"log\":\""u8);
            length += Escape(destination[length..], line);
            Append(destination, ref length, complete ? "\\n\","u8 : "\","u8);
        }

        Append(destination, ref length, stream == OutputStream.Stdout ? "\"stream\":\"stdout\","u8 : "\"stream\":\"stderr\","u8);
        if (!attributes.IsEmpty)
        {
            Append(destination, ref length, "\"attrs\":"u8);
            Append(destination, ref length, attributes);
            Append(destination, ref length, ","u8);
        }

        Append(destination, ref length, "\"time\":\""u8);
        length += time.FormatTrimmed(destination[length..]);
        Append(destination, ref length, "\"}\n"u8);
        return length;
    }

    private static int Escape(Span<byte> destination, ReadOnlySpan<byte> text)
    {
        int length = 0;
        while (!text.IsEmpty)
        {
            int plain = CountPlain(text);
            if (plain > 0)
            {
                Append(destination, ref length, text[..plain]);
                text = text[plain..];
                continue;
            }

            if (text[0] < 0x80)
            {
                AppendEscape(destination, ref length, text[0]);
                text = text[1..];
                continue;
            }

            bool valid = Rune.DecodeFromUtf8(text, out Rune rune, out int used) == System.Buffers.OperationStatus.Done;
            if (!valid)
            {
                // Each byte that is no character on its own, as Go counts.
                Append(destination, ref length, "\\ufffd"u8);
                used = 1;
            }
            else if (rune.Value is 0x2028 or 0x2029)
            {
                Append(destination, ref length, rune.Value == 0x2028 ? "\\u2028"u8 : "\\u2029"u8);
            }
            else
            {
                Append(destination, ref length, text[..used]);
            }

            text = text[used..];
        }

        return length;
    }

    private static int CountPlain(ReadOnlySpan<byte> text)
    {
        int count = text.IndexOfAnyExceptInRange((byte)0x20, (byte)0x7f);
        ReadOnlySpan<byte> printable = count < 0 ? text : text[..count];
        int special = printable.IndexOfAny(Special);
        return special < 0 ? printable.Length : special;
    }

    private static readonly System.Buffers.SearchValues<byte> Special = System.Buffers.SearchValues.Create("\"\\<>&"u8);

    private static void AppendEscape(Span<byte> destination, ref int length, byte value)
    {
        switch (value)
        {
            case (byte)'"':
                Append(destination, ref length, "\\\""u8);
                break;
            case (byte)'\\':
                Append(destination, ref length, "\\\\"u8);
                break;
            case (byte)'\n':
                Append(destination, ref length, "\\n"u8);
                break;
            case (byte)'\r':
                Append(destination, ref length, "\\r"u8);
                break;
            default:
                Append(destination, ref length, "\\u00"u8);
                destination[length++] = "0123456789abcdef"u8[value >> 4];
                destination[length++] = "0123456789abcdef"u8[value & 0xf];
                break;
        }
    }

    private static void Append(Span<byte> destination, ref int length, ReadOnlySpan<byte> text)
    {
        text.CopyTo(destination[length..]);
        length += text.Length;
    }
}
