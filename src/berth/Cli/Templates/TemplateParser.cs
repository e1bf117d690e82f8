using System.Globalization;
using System.Text;

namespace Berth.Cli.Templates;

/// <summary>Reads a template into nodes.</summary>
/// <remarks>Source of the grammar and the sentences: Go's text/template/parse, parse.go.</remarks>
internal sealed class TemplateParser
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

    private PipeNode ReadPipe(string context, TokenKind close)
    {
        TemplateToken first = NextWord();
        _pushedBack.Push(first);
        (List<string> variables, bool isAssignment) = ReadVariables(context);
        var commands = new List<CommandNode>();
        while (true)
        {
            TemplateToken token = NextWord();
            if (token.Kind == close)
            {
                if (commands.Count == 0)
                {
                    throw Error($"missing value for {context}", token.Position);
                }

                CheckStages(commands);
                if (!isAssignment)
                {
                    _variables.AddRange(variables);
                }

                return new PipeNode(first.Position, variables, isAssignment, commands);
            }

            _pushedBack.Push(token);
            commands.Add(ReadCommand(context, close));
        }
    }

    private void CheckStages(List<CommandNode> commands)
    {
        int stage = commands.FindIndex(1, command => command.Words[0] is ConstantNode or DotNode or NilNode);
        if (stage > 0)
        {
            throw Error($"non executable command in pipeline stage {stage + 1}", commands[stage].Position);
        }
    }

    // $x := …, $x = …, and $i, $x := … of a range
    private (List<string>, bool) ReadVariables(string context)
    {
        var variables = new List<string>();
        TemplateToken name = NextWord();
        if (name.Kind != TokenKind.Variable)
        {
            _pushedBack.Push(name);
            return (variables, false);
        }

        TemplateToken space = Next();
        TemplateToken after = space.Kind == TokenKind.Space ? Next() : space;
        if (after.Kind is not (TokenKind.Declare or TokenKind.Assign or TokenKind.Comma))
        {
            _pushedBack.Push(after);
            if (space.Kind == TokenKind.Space)
            {
                _pushedBack.Push(space);
            }

            _pushedBack.Push(name);
            return (variables, false);
        }

        variables.Add(name.Text);
        if (after.Kind == TokenKind.Comma)
        {
            if (context != "range")
            {
                throw Error($"too many declarations in {context}", after.Position);
            }

            variables.Add(Expect(TokenKind.Variable, context).Text);
            after = NextWord();
        }

        return after.Kind switch
        {
            TokenKind.Declare => (variables, false),
            TokenKind.Assign => (variables, true),
            _ => throw Unexpected(after, context),
        };
    }

    private CommandNode ReadCommand(string context, TokenKind close)
    {
        var words = new List<TemplateNode>();
        TemplateToken first = NextWord();
        _pushedBack.Push(first);
        while (true)
        {
            TemplateToken before = NextWord();
            if (before.Kind is TokenKind.Pipe or TokenKind.CloseAction or TokenKind.CloseParenthesis or TokenKind.End)
            {
                return EndCommand(context, close, words, first, before);
            }

            _pushedBack.Push(before);
            words.Add(ReadOperand(context));
            TemplateToken after = Next();
            if (after.Kind == TokenKind.Space)
            {
                continue;
            }

            if (after.Kind is not (TokenKind.Pipe or TokenKind.CloseAction or TokenKind.CloseParenthesis))
            {
                throw after.Kind == TokenKind.End ? Error("unclosed action", after.Position) : Unexpected(after, "operand");
            }

            return EndCommand(context, close, words, first, after);
        }
    }

    private CommandNode EndCommand(string context, TokenKind close, List<TemplateNode> words, TemplateToken first, TemplateToken end)
    {
        if (end.Kind == TokenKind.End)
        {
            throw Error(close == TokenKind.CloseParenthesis ? "unclosed left paren" : "unclosed action", end.Position);
        }

        if (words.Count == 0)
        {
            throw end.Kind == TokenKind.Pipe || close == end.Kind ? Error($"missing value for {context}", end.Position) : Unexpected(end, context);
        }

        if (end.Kind == TokenKind.Pipe)
        {
            return new CommandNode(first.Position, words);
        }

        if (end.Kind != close)
        {
            throw end.Kind == TokenKind.CloseParenthesis ? Error("unexpected right paren", end.Position) : Error("unclosed left paren", end.Position);
        }
        _pushedBack.Push(end);
        return new CommandNode(first.Position, words);
    }

    private TemplateNode ReadOperand(string context)
    {
        TemplateNode node = ReadTerm(context);
        TemplateToken next = Next();
        if (next.Kind != TokenKind.Field)
        {
            _pushedBack.Push(next);
            return node;
        }

        int position = next.Position;
        var fields = new List<string>();
        for (; next.Kind == TokenKind.Field; next = Next())
        {
            fields.Add(next.Text[1..]);
        }

        _pushedBack.Push(next);
        return node switch
        {
            FieldNode field => new FieldNode(position, [.. field.Names, .. fields]),
            VariableNode variable => new VariableNode(position, variable.Name, [.. variable.Fields, .. fields]),
            ConstantNode or NilNode or DotNode => throw Error($"unexpected . after term {GoText.Quote(node.ToString())}", position),
            _ => new ChainNode(position, node, fields),
        };
    }

    private TemplateNode ReadTerm(string context)
    {
        TemplateToken token = NextWord();
        switch (token.Kind)
        {
            case TokenKind.Identifier:
                return token.Text switch
                {
                    "true" => new ConstantNode(token.Position, true, "true"),
                    "false" => new ConstantNode(token.Position, false, "false"),
                    "nil" => new NilNode(token.Position),
                    _ when TemplateFunctions.Exists(token.Text) => new FunctionNode(token.Position, token.Text),
                    _ => throw Error($"function {GoText.Quote(token.Text)} not defined", token.Position),
                };
            case TokenKind.Dot:
                return new DotNode(token.Position);
            case TokenKind.Field:
                return new FieldNode(token.Position, [token.Text[1..]]);
            case TokenKind.Variable:
                return _variables.Contains(token.Text)
                    ? new VariableNode(token.Position, token.Text, [])
                    : throw Error($"undefined variable {GoText.Quote(token.Text)}", token.Position);
            case TokenKind.OpenParenthesis:
                PipeNode pipe = ReadPipe("parenthesized pipeline", TokenKind.CloseParenthesis);
                return pipe;
            case TokenKind.Text:
                return new ConstantNode(token.Position, Unquote(token), token.Text);
            case TokenKind.Character:
                return new ConstantNode(token.Position, (long)Unquote(token).EnumerateRunes().First().Value, token.Text);
            case TokenKind.Number:
                return new ConstantNode(token.Position, NumberOf(token), token.Text);
            case TokenKind.End:
                throw Error("unclosed action", token.Position);
            default:
                throw Unexpected(token, context);
        }
    }

    private object NumberOf(TemplateToken token)
    {
        try
        {
            return GoNumbers.ParseInteger(token.Text);
        }
        catch (FormatException)
        {
            return double.TryParse(token.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number
                : throw Error($"bad number syntax: {GoText.Quote(token.Text)}", token.Position);
        }
    }

    private string Unquote(TemplateToken token)
    {
        ReadOnlySpan<char> inner = token.Text.AsSpan(1, token.Text.Length - 2);
        if (token.Text[0] == '`')
        {
            return inner.ToString();
        }

        var text = new StringBuilder();
        for (int i = 0; i < inner.Length; i++)
        {
            if (inner[i] != '\\')
            {
                text.Append(inner[i]);
                continue;
            }

            i++;
            int digits = inner[i] switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0 && i + digits < inner.Length + 0
                && int.TryParse(inner.Slice(i + 1, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int code))
            {
                text.Append(new Rune(code).ToString());
                i += digits;
                continue;
            }

            text.Append(inner[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                'a' => '\a',
                'b' => '\b',
                'f' => '\f',
                'v' => '\v',
                '\\' or '"' or '\'' => inner[i],
                _ => throw Error("invalid syntax", token.Position),
            });
        }

        return text.ToString();
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
