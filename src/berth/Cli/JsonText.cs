using System.Text;

namespace Berth.Cli;

/// <summary>JSON made readable without touching its words: escapes and numbers stay as the daemon wrote them.</summary>
/// <remarks>Source of the layout: Go's encoding/json, Indent with four spaces.</remarks>
internal static class JsonText
{
    private const int Step = 4;

    public static string Indent(string json)
    {
        var text = new StringBuilder(json.Length * 2);
        int depth = 0;
        bool isInString = false;
        for (int i = 0; i < json.Length; i++)
        {
            char c = json[i];
            if (isInString)
            {
                text.Append(c);
                if (c == '\\')
                {
                    text.Append(json[++i]);
                }

                isInString = c != '"';
                continue;
            }

            switch (c)
            {
                case '"':
                    isInString = true;
                    text.Append(c);
                    break;
                case '{' or '[' when IsEmpty(json, i, out int end):
                    text.Append(c).Append(json[end]);
                    i = end;
                    break;
                case '{' or '[':
                    NewLine(text.Append(c), ++depth);
                    break;
                case '}' or ']':
                    NewLine(text, --depth).Append(c);
                    break;
                case ',':
                    NewLine(text.Append(c), depth);
                    break;
                case ':':
                    text.Append(": ");
                    break;
                case ' ' or '\t' or '\r' or '\n':
                    break;
                default:
                    text.Append(c);
                    break;
            }
        }

        return text.ToString();
    }

    /// <summary>Takes the white space between the words away.</summary>
    public static string Compact(string json)
    {
        var text = new StringBuilder(json.Length);
        bool isInString = false;
        for (int i = 0; i < json.Length; i++)
        {
            char c = json[i];
            if (isInString && c == '\\')
            {
                text.Append(c).Append(json[++i]);
                continue;
            }

            isInString ^= c == '"';
            if (isInString || !char.IsWhiteSpace(c))
            {
                text.Append(c);
            }
        }

        return text.ToString();
    }

    private static bool IsEmpty(string json, int open, out int end)
    {
        end = open + 1;
        while (end < json.Length && char.IsWhiteSpace(json[end]))
        {
            end++;
        }

        return end < json.Length && json[end] is '}' or ']';
    }

    private static StringBuilder NewLine(StringBuilder text, int depth) => text.Append('\n').Append(' ', depth * Step);
}
