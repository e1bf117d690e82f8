using System.Globalization;
using System.Text;

namespace Berth.Oci.Layers;

/// <summary>What an extended header says about the member that follows. Source: pax(1), "pax Extended Header".</summary>
internal sealed class PaxRecords
{
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <summary>Offsets and lengths of <c>GNU.sparse.offset</c> and <c>GNU.sparse.numbytes</c>, which repeat in sparse format 0.0.</summary>
    public List<long> SparseNumbers { get; } = [];

    public IEnumerable<KeyValuePair<string, byte[]>> Values => _values;

    public bool IsEmpty => _values.Count == 0;

    public byte[]? this[string key] => _values.TryGetValue(key, out byte[]? value) && value.Length > 0 ? value : null;

    public string? Text(string key) => this[key] is { } value ? Encoding.UTF8.GetString(value) : null;

    public long? Number(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number)
            ? number : throw LayerFormatException.InvalidHeader;
    }

    /// <summary>Seconds with a fraction, such as <c>1350244992.023960108</c>; before 1970 the fraction counts downwards.</summary>
    public (long Seconds, int Nanoseconds)? Time(string key)
    {
        if (Text(key) is not { } text)
        {
            return null;
        }

        string[] parts = text.Split('.');
        if (parts.Length > 2 || !long.TryParse(parts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long seconds))
        {
            throw LayerFormatException.InvalidHeader;
        }

        int nanoseconds = 0;
        if (parts.Length == 2 && parts[1].Length > 0
            && !int.TryParse(parts[1].PadRight(9, '0')[..9], NumberStyles.None, CultureInfo.InvariantCulture, out nanoseconds))
        {
            throw LayerFormatException.InvalidHeader;
        }

        return parts[0].StartsWith('-') && nanoseconds > 0 ? (seconds - 1, 1_000_000_000 - nanoseconds) : (seconds, nanoseconds);
    }

    public void Clear()
    {
        _values.Clear();
        SparseNumbers.Clear();
    }

    /// <summary>Reads records of the form "length key=value\n", the length counting itself.</summary>
    public void Parse(ReadOnlySpan<byte> data)
    {
        while (data.Length > 0 && data[0] != 0)
        {
            int space = data.IndexOf((byte)' ');
            if (space is < 1 or > 7
                || !int.TryParse(data[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length <= space + 1 || length > data.Length || data[length - 1] != (byte)'\n')
            {
                throw LayerFormatException.InvalidHeader;
            }

            ReadOnlySpan<byte> record = data[(space + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals < 1)
            {
                throw LayerFormatException.InvalidHeader;
            }

            Set(Encoding.UTF8.GetString(record[..equals]), record[(equals + 1)..].ToArray());
            data = data[length..];
        }
    }

    private void Set(string key, byte[] value)
    {
        _values[key] = value;
        if (key is "GNU.sparse.offset" or "GNU.sparse.numbytes")
        {
            SparseNumbers.Add(Number(key) ?? throw LayerFormatException.InvalidHeader);
        }
    }
}
