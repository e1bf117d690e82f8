using System.Text;

namespace Berth.Dockerfile;

/// <summary>Words as Dockerfile instructions have them: quotes, escapes and variables.</summary>
/// <remarks>Source: BuildKit, frontend/dockerfile/shell/lex.go; docs/reference/dockerfile.md, "Environment replacement".</remarks>
public static class ShellWords
{
    /// <summary>One word with its quotes taken off and its variables replaced.</summary>
    /// <param name="variables">A variable that is not in it counts as empty.</param>
    /// <exception cref="SyntaxException">A quote or brace is not closed, or <c>${name:?why}</c> found nothing.</exception>
    public static string Expand(string word, IReadOnlyDictionary<string, string> variables, char escape = '\\') =>
        new Expander(word, variables, escape).All();

    /// <summary>Cuts at white space outside of quotes; quotes and escapes stay in the words.</summary>
    public static IReadOnlyList<string> Split(string text, char escape = '\\')
    {
        var words = new List<string>();
        var word = new StringBuilder();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }

                continue;
            }

            word.Append(c);
            if (c == escape && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(text[++i]);
            }
            else if (c is '\'' or '"' && (quote == '\0' || quote == c))
            {
                quote = quote == '\0' ? c : '\0';
            }
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    private sealed class Expander(string text, IReadOnlyDictionary<string, string> variables, char escape)
    {
        private int _position;

        public string All() => Until('\0');

        /// <summary>Up to an unquoted <paramref name="end"/>, which is taken too; NUL is the text's end.</summary>
        private string Until(char end)
        {
            var result = new StringBuilder();
            while (_position < text.Length)
            {
                char c = text[_position++];
                if (end != '\0' && c == end)
                {
                    return result.ToString();
                }

                if (c == '\'')
                {
                    SingleQuoted(result);
                }
                else if (c == '"')
                {
                    DoubleQuoted(result);
                }
                else if (c == '$')
                {
                    result.Append(Variable());
                }
                else if (c == escape)
                {
                    // an escape at the very end stands for itself
                    result.Append(_position < text.Length ? text[_position++] : c);
                }
                else
                {
                    result.Append(c);
                }
            }

            return end == '\0' ? result.ToString() : throw new SyntaxException($"unexpected end of statement while looking for matching {end}");
        }

        private void SingleQuoted(StringBuilder result)
        {
            int end = text.IndexOf('\'', _position);
            if (end < 0)
            {
                throw new SyntaxException("unexpected end of statement while looking for matching single-quote");
            }

            result.Append(text, _position, end - _position);
            _position = end + 1;
        }

        private void DoubleQuoted(StringBuilder result)
        {
            while (_position < text.Length)
            {
                char c = text[_position++];
                if (c == '"')
                {
                    return;
                }

                if (c == '$')
                {
                    result.Append(Variable());
                }
                else if (c == escape && _position < text.Length)
                {
                    char next = text[_position++];
                    _ = next is '"' or '$' || next == escape ? result.Append(next) : result.Append(c).Append(next);
                }
                else
                {
                    result.Append(c);
                }
            }

            throw new SyntaxException("unexpected end of statement while looking for matching double-quote");
        }

        private string Variable()
        {
            if (_position < text.Length && text[_position] == '{')
            {
                _position++;
                return Braced();
            }

            string name = Name();
            return name.Length == 0 ? "$" : Value(name) ?? "";
        }

        private string Braced()
        {
            string name = Name();
            if (name.Length == 0 || _position == text.Length)
            {
                throw new SyntaxException("syntax error: missing '}'");
            }

            char modifier = text[_position++];
            bool emptyIsUnset = modifier == ':';
            if (emptyIsUnset && _position < text.Length)
            {
                modifier = text[_position++];
            }

            if (modifier == '}')
            {
                return Value(name) ?? "";
            }

            if (modifier is not ('-' or '+' or '?'))
            {
                throw new SyntaxException($"unsupported modifier ({modifier}) in substitution");
            }

            string word = Until('}');
            string? value = Value(name);
            bool isSet = value is not null && !(emptyIsUnset && value.Length == 0);
            return modifier switch
            {
                '-' => isSet ? value! : word,
                '+' => isSet ? word : "",
                _ => isSet ? value! : throw new SyntaxException($"{name}: {(word.Length > 0 ? word : "is not allowed to be unset")}"),
            };
        }

        private string? Value(string name) => variables.TryGetValue(name, out string? value) ? value : null;

        private string Name()
        {
            int start = _position;
            while (_position < text.Length && (char.IsAsciiLetterOrDigit(text[_position]) || text[_position] == '_'))
            {
                _position++;
                if (_position == start + 1 && char.IsAsciiDigit(text[start]))
                {
                    break;
                }
            }

            return text[start.._position];
        }
    }
}
