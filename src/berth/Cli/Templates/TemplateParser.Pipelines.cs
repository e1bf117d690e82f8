using System.Globalization;
using System.Text;

namespace Berth.Cli.Templates;

/// <summary>The inside of an action: pipelines, commands, operands.</summary>
internal sealed partial class TemplateParser
{
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
}
