namespace Berth.Cli.Templates;

internal enum TokenKind
{
    End,
    CloseAction,
    Space,
    Identifier,
    Field,
    Dot,
    Variable,
    Text,
    Number,
    Character,
    Pipe,
    OpenParenthesis,
    CloseParenthesis,
    Declare,
    Assign,
    Comma,
}

internal readonly record struct TemplateToken(TokenKind Kind, int Position, string Text);
