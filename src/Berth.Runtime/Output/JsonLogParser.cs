using System.Text.Json;

namespace Berth.Runtime.Output;

/// <summary>Reads lines of a json-file log, Docker's own too; keeps its buffers from one to the next.</summary>
internal sealed class JsonLogParser
{
    private byte[] _line = new byte[1024];
    private byte[] _attributes = [];

    /// <returns>False where the line is none: cut off by a crash, or written by somebody else.</returns>
    public bool TryParse(ReadOnlySpan<byte> json, out LogEntry entry)
    {
        entry = default;
        try
        {
            return TryRead(json, ref entry);
        }
        catch (JsonException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false; // A string that is no text.
        }
    }

    private bool TryRead(ReadOnlySpan<byte> json, ref LogEntry entry)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        OutputStream stream = OutputStream.Stdout;
        LogTime time = default;
        int length = 0;
        bool hasTime = false;
        int attributesLength = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("log"u8))
            {
                length = ReadLine(ref reader);
            }
            else if (reader.ValueTextEquals("stream"u8))
            {
                reader.Read();
                stream = reader.ValueTextEquals("stderr"u8) ? OutputStream.Stderr : OutputStream.Stdout;
            }
            else if (reader.ValueTextEquals("time"u8))
            {
                reader.Read();
                hasTime = LogTime.TryParse(reader.ValueSpan, out time);
            }
            else if (reader.ValueTextEquals("attrs"u8))
            {
                attributesLength = ReadAttributes(ref reader, json);
            }
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        entry = new LogEntry(stream, time, _line.AsMemory(0, length), _attributes.AsMemory(0, attributesLength));
        return hasTime && reader.TokenType == JsonTokenType.EndObject;
    }

    private int ReadLine(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (_line.Length < reader.ValueSpan.Length)
        {
            _line = new byte[reader.ValueSpan.Length * 2];
        }

        return reader.CopyString(_line);
    }

    private int ReadAttributes(ref Utf8JsonReader reader, ReadOnlySpan<byte> json)
    {
        reader.Read();
        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        int length = (int)reader.BytesConsumed - start;
        if (_attributes.Length < length)
        {
            _attributes = new byte[length];
        }

        json.Slice(start, length).CopyTo(_attributes);
        return length;
    }
}
