using System.Text;

namespace Berth.Cli;

/// <summary>One line of comma-separated values (RFC 4180), as Go's encoding/csv reads it.</summary>
internal static class Csv
{
    /// <exception cref="FormatException">A quote stands where none may.</exception>
    public static IReadOnlyList<string> Split(string line)
    {
        if (line.Length == 0)
        {
            return [];
        }

        var fields = new List<string>();
        int at = 0;
        while (true)
        {
            fields.Add(line.Length > at && line[at] == '"' ? Quoted(line, ref at) : Plain(line, ref at));
            if (at >= line.Length)
            {
                return fields;
            }

            at++; // the comma
        }
    }

    private static string Plain(string line, ref int at)
    {
        int comma = line.IndexOf(',', at);
        string field = comma < 0 ? line[at..] : line[at..comma];
        int quote = field.IndexOf('"', StringComparison.Ordinal);
        if (quote >= 0)
        {
            throw new FormatException($"parse error on line 1, column {at + quote + 1}: bare \" in non-quoted-field");
        }

        at = comma < 0 ? line.Length : comma;
        return field;
    }

    private static string Quoted(string line, ref int at)
    {
        var field = new StringBuilder();
        for (at++; at < line.Length; at++)
        {
            if (line[at] != '"')
            {
                field.Append(line[at]);
            }
            else if (at + 1 < line.Length && line[at + 1] == '"')
            {
                field.Append('"');
                at++;
            }
            else
            {
                at++;
                return at == line.Length || line[at] == ','
                    ? field.ToString()
                    : throw new FormatException($"parse error on line 1, column {at}: extraneous or missing \" in quoted-field");
            }
        }

        throw new FormatException($"parse error on line 1, column {line.Length + 1}: extraneous or missing \" in quoted-field");
    }
}
