using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Berth.Client;

/// <summary>A stream of JSON values, one after the other, as progress and events come.</summary>
internal static class JsonLines
{
    /// <summary>Yields each value as soon as it is whole; disposes the stream at the end.</summary>
    public static IEnumerable<T> Read<T>(Stream stream, JsonTypeInfo<T> type)
    {
        using (stream)
        {
            byte[] buffer = new byte[16 * 1024];
            int start = 0;
            int end = 0;
            while (true)
            {
                while (TryReadValue(buffer.AsSpan(start, end - start), type, out T? value, out int consumed))
                {
                    start += consumed;
                    if (value is not null)
                    {
                        yield return value;
                    }
                }

                Buffer.BlockCopy(buffer, start, buffer, 0, end - start);
                (start, end) = (0, end - start);
                if (end == buffer.Length)
                {
                    Array.Resize(ref buffer, buffer.Length * 2);
                }

                int read = stream.Read(buffer, end, buffer.Length - end);
                if (read == 0)
                {
                    if (buffer.AsSpan(0, end).ContainsAnyExcept("\r\n \t"u8))
                    {
                        throw new EndOfStreamException("unexpected EOF");
                    }

                    yield break;
                }

                end += read;
            }
        }
    }

    private static bool TryReadValue<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type, out T? value, out int consumed)
    {
        value = default;
        consumed = 0;
        // Not the final block: what is cut off is waited for.
        var probe = new Utf8JsonReader(bytes, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { AllowMultipleValues = true }));
        if (!probe.Read() || !probe.TrySkip())
        {
            return false;
        }

        consumed = (int)probe.BytesConsumed;
        value = JsonSerializer.Deserialize(bytes[..consumed], type);
        return true;
    }
}
