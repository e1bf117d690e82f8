using System.Globalization;
using System.Text;

namespace Berth.Cli.Templates;

/// <summary>Go's <c>fmt.Sprintf</c> for the values that templates have.</summary>
internal static class GoPrintf
{
    public static string Format(string format, IReadOnlyList<object?> arguments)
    {
        var text = new StringBuilder();
        int next = 0;
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%')
            {
                text.Append(format[i]);
                continue;
            }

            int start = ++i;
            while (i < format.Length && "+-# 0123456789.".Contains(format[i], StringComparison.Ordinal))
            {
                i++;
            }

            if (i == format.Length)
            {
                text.Append("%!(NOVERB)");
            }
            else if (format[i] == '%')
            {
                text.Append('%');
            }
            else if (next == arguments.Count)
            {
                text.Append("%!").Append(format[i]).Append("(MISSING)");
            }
            else
            {
                text.Append(One(format[start..i], format[i], arguments[next++]));
            }
        }

        if (next < arguments.Count)
        {
            text.Append("%!(EXTRA ").AppendJoin(", ", arguments.Skip(next)
                .Select(argument => $"{TemplateText.TypeName(argument)}={TemplateText.Print(argument)}")).Append(')');
        }

        return text.ToString();
    }

    private static string One(string flags, char verb, object? value)
    {
        int digits = flags.AsSpan().IndexOfAnyExcept("+-# 0");
        string numbers = digits < 0 ? "" : flags[digits..];
        string[] parts = numbers.Split('.');
        int width = parts[0].Length > 0 ? int.Parse(parts[0], CultureInfo.InvariantCulture) : 0;
        int? precision = parts.Length > 1 ? parts[1].Length > 0 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0 : null;
        string signs = digits < 0 ? flags : flags[..digits];
        string body = Body(verb, value, precision, signs.Contains('+', StringComparison.Ordinal));
        if (signs.Contains('-', StringComparison.Ordinal))
        {
            return body.PadRight(width);
        }

        return signs.Contains('0', StringComparison.Ordinal) && value is long or ulong or double
            ? body.StartsWith('-') ? "-" + body[1..].PadLeft(width - 1, '0') : body.PadLeft(width, '0')
            : body.PadLeft(width);
    }

    private static string Body(char verb, object? value, int? precision, bool withSign) => (verb, value) switch
    {
        ('v', _) => TemplateText.Print(value),
        ('s', string text) => precision is { } length && length < text.Length ? text[..length] : text,
        ('s', JsonValue or System.Collections.IEnumerable) => TemplateText.Print(value),
        ('q', string text) => GoText.Quote(text),
        ('q', JsonValue { IsArray: true } json) => $"[{string.Join(' ', json.Items.Select(item => Body('q', item, null, false)))}]",
        ('d', long or ulong) => (withSign && value is not long and not < 0 ? "+" : "") + TemplateText.Print(value),
        ('t', bool) => TemplateText.Print(value),
        ('x', long number) => number.ToString("x", CultureInfo.InvariantCulture),
        ('X', long number) => number.ToString("X", CultureInfo.InvariantCulture),
        ('o', long number) => Convert.ToString(number, 8),
        ('b', long number) => Convert.ToString(number, 2),
        ('c', long number) => new Rune((int)number).ToString(),
        ('x', string text) => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text)),
        ('f' or 'F', double number) => number.ToString("F" + (precision ?? 6).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
        ('g', double number) => precision is { } digits ? GoFloat.General(number, digits) : GoFloat.Shortest(number),
        ('T', _) => TemplateText.TypeName(value),
        (_, null) => $"%!{verb}(<nil>)",
        _ => $"%!{verb}({TemplateText.TypeName(value)}={TemplateText.Print(value)})",
    };
}
