using System.Globalization;
using System.Text;

namespace Berth.Client.Http;

/// <summary>An answer's status line and headers.</summary>
internal sealed class HttpHead
{
    private readonly List<(string Name, string Value)> _headers = [];

    private HttpHead(int status, bool isOldHttp)
    {
        Status = status;
        IsOldHttp = isOldHttp;
    }

    public int Status { get; }

    /// <summary>HTTP/1.0 closes after each answer unless it says otherwise.</summary>
    public bool IsOldHttp { get; }

    public string? this[string name] =>
        _headers.Find(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public bool Says(string name, string value) => this[name]?.Contains(value, StringComparison.OrdinalIgnoreCase) ?? false;

    /// <exception cref="InvalidDataException">The bytes are no head.</exception>
    public static HttpHead Parse(ReadOnlySpan<byte> bytes)
    {
        string[] lines = Encoding.Latin1.GetString(bytes).Split("\r\n");
        string[] status = lines[0].Split(' ', 3);
        if (status.Length < 2 || !status[0].StartsWith("HTTP/1.", StringComparison.Ordinal)
            || !int.TryParse(status[1], NumberStyles.None, CultureInfo.InvariantCulture, out int code))
        {
            throw new InvalidDataException($"malformed HTTP response \"{lines[0]}\"");
        }

        var head = new HttpHead(code, status[0] == "HTTP/1.0");
        foreach (string line in lines.AsSpan(1))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                head._headers.Add((line[..colon], line[(colon + 1)..].Trim()));
            }
        }

        return head;
    }
}
