namespace Berth.Cli.Templates;

/// <summary>Reads a template into nodes.</summary>
/// <remarks>Source of the grammar and the sentences: Go's text/template/parse, parse.go.</remarks>
internal sealed partial class TemplateParser
{
    private readonly TemplateLexer _lexer;
    private readonly Stack<TemplateToken> _pushedBack = new();
    private readonly List<string> _variables = ["$"];
    private int _rangeDepth;

    private TemplateParser(string text) => _lexer = new TemplateLexer(text);

    /// <exception cref="TemplateException">The text is no template.</exception>
    public static IReadOnlyList<TemplateNode> Parse(string text)
    {
        var parser = new TemplateParser(text);
        (List<TemplateNode> nodes, string end, int position) = parser.ReadList();
        return end.Length == 0 ? nodes : throw parser.Error($"unexpected {{{{{end}}}}}", position);
    }

    // Ends at {{end}}, {{else}} or the end of the text; says which.
    private (List<TemplateNode> Nodes, string End, int Position) ReadList()
    {
        var nodes = new List<TemplateNode>();
        while (true)
        {
            (string text, int position, bool hasAction) = _lexer.ReadText();
            if (text.Length > 0)
            {
                nodes.Add(new TextNode(position, text));
            }

            if (!hasAction)
            {
                return (nodes, "", _lexer.Position);
            }

            TemplateToken word = NextWord();
            if (word.Kind == TokenKind.Identifier && word.Text is "end" or "else")
            {
                if (word.Text == "end")
                {
                    Expect(TokenKind.CloseAction, "end");
                }

                return (nodes, word.Text, word.Position);
            }

            nodes.Add(ReadAction(word));
        }
    }

    private TemplateNode ReadAction(TemplateToken word)
    {
        if (word.Kind == TokenKind.Identifier)
        {
            switch (word.Text)
            {
                case "if":
                case "with":
                    return ReadBranch(word);
                case "range":
                    return ReadRange(word);
                case "break":
                case "continue":
                    return _rangeDepth == 0 ? throw Error($"{{{{{word.Text}}}}} outside {{{{range}}}}", word.Position) : ReadJump(word);
                case "define" or "template" or "block":
                    throw Error($"unexpected {{{{{word.Text}}}}}: named templates are not supported", word.Position);
            }
        }

        _pushedBack.Push(word);
        return new ActionNode(word.Position, ReadPipe("command", TokenKind.CloseAction));
    }

    private TemplateNode ReadJump(TemplateToken word)
    {
        Expect(TokenKind.CloseAction, word.Text);
        return word.Text == "break" ? new BreakNode(word.Position) : new ContinueNode(word.Position);
    }

    private BranchNode ReadBranch(TemplateToken word)
    {
        int scope = _variables.Count;
        PipeNode pipe = ReadPipe(word.Text, TokenKind.CloseAction);
        (List<TemplateNode> body, string end, int position) = ReadList();
        List<TemplateNode> otherwise = ReadElse(word.Text, end, position);
        _variables.RemoveRange(scope, _variables.Count - scope);
        return new BranchNode(word.Position, word.Text == "with", pipe, body, otherwise);
    }

    private RangeNode ReadRange(TemplateToken word)
    {
        int scope = _variables.Count;
        PipeNode pipe = ReadPipe("range", TokenKind.CloseAction);
        _rangeDepth++;
        (List<TemplateNode> body, string end, int position) = ReadList();
        _rangeDepth--;
        List<TemplateNode> otherwise = ReadElse("range", end, position);
        _variables.RemoveRange(scope, _variables.Count - scope);
        return new RangeNode(word.Position, pipe, body, otherwise);
    }

    private List<TemplateNode> ReadElse(string context, string end, int position)
    {
        if (end == "end")
        {
            return [];
        }

        if (end.Length == 0)
        {
            throw Error("unexpected EOF", position);
        }

        TemplateToken next = NextWord();
        if (next.Kind == TokenKind.Identifier && next.Text == context && context != "range")
        {
            return [ReadBranch(next)]; // {{else if}} shares the {{end}}
        }

        if (next.Kind != TokenKind.CloseAction)
        {
            throw Unexpected(next, "else");
        }

        (List<TemplateNode> nodes, string second, int where) = ReadList();
        return second switch
        {
            "end" => nodes,
            "else" => throw Error("expected end; found {{else}}", where),
            _ => throw Error("unexpected EOF", where),
        };
    }

    private TemplateToken Next() => _pushedBack.TryPop(out TemplateToken token) ? token : _lexer.Next();

    private TemplateToken NextWord()
    {
        TemplateToken token = Next();
        return token.Kind == TokenKind.Space ? Next() : token;
    }

    private TemplateToken Expect(TokenKind kind, string context)
    {
        TemplateToken token = NextWord();
        return token.Kind == kind ? token : throw Unexpected(token, context);
    }

    private TemplateException Unexpected(TemplateToken token, string context) => token.Kind == TokenKind.End
        ? Error("unclosed action", token.Position)
        : Error($"unexpected {(token.Kind == TokenKind.Identifier ? $"<{token.Text}>" : GoText.Quote(token.Text))} in {context}", token.Position);

    private TemplateException Error(string message, int position) => new($"template: :{_lexer.LineAt(position)}: {message}", true);
}
