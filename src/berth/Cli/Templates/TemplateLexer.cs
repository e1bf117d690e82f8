using System.Globalization;
using System.Text;

namespace Berth.Cli.Templates;

/// <summary>Cuts a template into text and the words of its actions.</summary>
/// <remarks>Source: Go's text/template/parse, lex.go.</remarks>
internal sealed class TemplateLexer
{
    private const string Open = "{{";
    private const string Close = "}}";
    private const string CloseComment = "*/";
    private readonly string _text;
    private int _at;

    public TemplateLexer(string text) => _text = text;

    public int Position => _at;

    public int LineAt(int position) => 1 + _text.AsSpan(0, position).Count('\n');

    /// <summary>The text up to the next action, which it enters; null action at the end.</summary>
    public (string Text, int Position, bool HasAction) ReadText()
    {
        var text = new StringBuilder();
        int first = _at;
        while (true)
        {
            int open = _text.IndexOf(Open, _at, StringComparison.Ordinal);
            if (open < 0)
            {
                text.Append(_text, _at, _text.Length - _at);
                _at = _text.Length;
                return (text.ToString(), first, false);
            }

            string before = _text[_at..open];
            _at = open + Open.Length;
            // {{- takes the space before it away
            if (_at + 1 < _text.Length && _text[_at] == '-' && char.IsWhiteSpace(_text[_at + 1]))
            {
                before = before.TrimEnd(' ', '\t', '\r', '\n');
                _at++;
            }

            text.Append(before);
            if (!TrySkipComment())
            {
                return (text.ToString(), first, true);
            }
        }
    }

    private bool TrySkipComment()
    {
        int start = _at;
        while (start < _text.Length && char.IsWhiteSpace(_text[start]))
        {
            start++;
        }

        if (!_text.AsSpan(start).StartsWith("/*", StringComparison.Ordinal))
        {
            return false;
        }

        int end = _text.IndexOf(CloseComment, start, StringComparison.Ordinal);
        if (end < 0)
        {
            throw Error("unclosed comment", start);
        }

        _at = end + CloseComment.Length;
        TemplateToken close = Next();
        close = close.Kind == TokenKind.Space ? Next() : close;
        return close.Kind == TokenKind.CloseAction ? true : throw Error("comment ends before closing delimiter", end);
    }

    /// <summary>The next word of an action.</summary>
    public TemplateToken Next()
    {
        if (_at >= _text.Length)
        {
            return new TemplateToken(TokenKind.End, _at, "");
        }

        int start = _at;
        if (TryClose())
        {
            return new TemplateToken(TokenKind.CloseAction, start, Close);
        }

        char c = _text[_at];
        if (char.IsWhiteSpace(c))
        {
            SkipWhile(char.IsWhiteSpace, except: " -}}");
            return Token(TokenKind.Space, start);
        }

        return c switch
        {
            '|' => Single(TokenKind.Pipe),
            '(' => Single(TokenKind.OpenParenthesis),
            ')' => Single(TokenKind.CloseParenthesis),
            ',' => Single(TokenKind.Comma),
            '=' => Single(TokenKind.Assign),
            ':' when Peek(1) == '=' => Take(TokenKind.Declare, 2),
            ':' => throw Error("expected :=", start),
            '"' => Quoted('"', TokenKind.Text, "unterminated quoted string"),
            '\'' => Quoted('\'', TokenKind.Character, "unterminated character constant"),
            '`' => Raw(),
            '.' when !char.IsAsciiDigit(Peek(1)) => Field(),
            '$' => Variable(),
            '+' or '-' or '.' => Number(),
            _ when char.IsAsciiDigit(c) => Number(),
            _ when IsWordCharacter(c) => Word(),
            _ => throw Error(string.Create(CultureInfo.InvariantCulture, $"unrecognized character in action: U+{(int)c:X4} '{c}'"), start),
        };
    }

    // A closing brace may have a trim marker, which takes the space behind it away.
    private bool TryClose()
    {
        ReadOnlySpan<char> rest = _text.AsSpan(_at);
        bool trims = rest.Length >= 4 && char.IsWhiteSpace(rest[0]) && rest[1] == '-' && rest[2..].StartsWith(Close, StringComparison.Ordinal);
        if (!trims && !rest.StartsWith(Close, StringComparison.Ordinal))
        {
            return false;
        }

        _at += trims ? 4 : 2;
        if (trims)
        {
            while (_at < _text.Length && _text[_at] is ' ' or '\t' or '\r' or '\n')
            {
                _at++;
                if (_at == _text.Length)
                {
                    break;
                }
            }
        }

        return true;
    }

    private void SkipWhile(Func<char, bool> condition, string? except = null)
    {
        while (_at < _text.Length && condition(_text[_at])
            && (except is null || !_text.AsSpan(_at).StartsWith(except, StringComparison.Ordinal)))
        {
            _at++;
        }
    }

    private char Peek(int ahead) => _at + ahead < _text.Length ? _text[_at + ahead] : '\0';

    private TemplateToken Single(TokenKind kind) => Take(kind, 1);

    private TemplateToken Take(TokenKind kind, int length)
    {
        int start = _at;
        _at += length;
        return Token(kind, start);
    }

    private TemplateToken Token(TokenKind kind, int start) => new(kind, start, _text[start.._at]);

    private TemplateToken Quoted(char quote, TokenKind kind, string failure)
    {
        int start = _at++;
        for (; _at < _text.Length && _text[_at] != '\n'; _at++)
        {
            if (_text[_at] == '\\')
            {
                _at++;
            }
            else if (_text[_at] == quote)
            {
                _at++;
                return Token(kind, start);
            }
        }

        throw Error(failure, start);
    }

    private TemplateToken Raw()
    {
        int start = _at;
        int end = _text.IndexOf('`', start + 1);
        if (end < 0)
        {
            throw Error("unterminated raw quoted string", start);
        }

        _at = end + 1;
        return Token(TokenKind.Text, start);
    }

    private TemplateToken Field()
    {
        int start = _at++;
        SkipWhile(IsWordCharacter);
        return _at == start + 1 ? Token(TokenKind.Dot, start) : Terminated(TokenKind.Field, start);
    }

    private TemplateToken Variable()
    {
        int start = _at++;
        SkipWhile(IsWordCharacter);
        return Terminated(TokenKind.Variable, start);
    }

    private TemplateToken Word()
    {
        int start = _at;
        SkipWhile(IsWordCharacter);
        return Terminated(TokenKind.Identifier, start);
    }

    // A name ends at a space, at one of a few signs, or at the action's end.
    private TemplateToken Terminated(TokenKind kind, int start)
    {
        bool isTerminated = _at == _text.Length || char.IsWhiteSpace(_text[_at]) || ".,|:)(".Contains(_text[_at], StringComparison.Ordinal)
            || _text.AsSpan(_at).StartsWith(Close, StringComparison.Ordinal);
        return isTerminated ? Token(kind, start) : throw Error(string.Create(CultureInfo.InvariantCulture, $"bad character U+{(int)_text[_at]:X4} '{_text[_at]}'"), _at);
    }

    private TemplateToken Number()
    {
        int start = _at++;
        bool isHex = _text[start] == '0' && Peek(0) is 'x' or 'X';
        SkipWhile(c => c is '_' or '.' || char.IsAsciiDigit(c)
            || (isHex ? char.IsAsciiHexDigit(c) || c is 'x' or 'X' or 'p' or 'P' : c is 'e' or 'E' or 'b' or 'B' or 'o' or 'O')
            || (c is '+' or '-' && _text[_at - 1] is 'e' or 'E' or 'p' or 'P'));
        // Go's lexer takes one more character of what makes it no number.
        return _at < _text.Length && IsWordCharacter(_text[_at])
            ? throw Error($"bad number syntax: {GoText.Quote(_text[start..(_at + 1)])}", start)
            : Token(TokenKind.Number, start);
    }

    private static bool IsWordCharacter(char c) => c == '_' || char.IsLetterOrDigit(c);

    private TemplateException Error(string message, int position) => new($"template: :{LineAt(position)}: {message}", true);
}
