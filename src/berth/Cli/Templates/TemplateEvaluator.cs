using System.Collections;
using System.Text;

namespace Berth.Cli.Templates;

/// <summary>Carries a parsed template out over a value.</summary>
/// <remarks>Source of the rules and the sentences: Go's text/template, exec.go.</remarks>
internal sealed class TemplateEvaluator
{
    private enum Flow
    {
        Normal,
        Break,
        Continue,
    }

    private readonly string _source;
    private readonly bool _isHeader;
    private readonly StringBuilder _output;
    private readonly List<(string Name, object? Value)> _variables = [];

    private TemplateEvaluator(string source, bool isHeader, StringBuilder output)
    {
        _source = source;
        _isHeader = isHeader;
        _output = output;
    }

    /// <param name="source">The template's text, for sentences about failures.</param>
    /// <param name="nodes">The template.</param>
    /// <param name="value">The dot.</param>
    /// <param name="isHeader">The value is a table's header: functions leave their text as it is.</param>
    /// <param name="output">Gets what is written, up to a failure.</param>
    /// <exception cref="TemplateException">A step cannot be done.</exception>
    public static void Execute(string source, IReadOnlyList<TemplateNode> nodes, object? value, bool isHeader, StringBuilder output)
    {
        var evaluator = new TemplateEvaluator(source, isHeader, output);
        evaluator._variables.Add(("$", value));
        evaluator.Walk(nodes, value);
    }

    private Flow Walk(IReadOnlyList<TemplateNode> nodes, object? dot)
    {
        foreach (TemplateNode node in nodes)
        {
            Flow flow = Walk(node, dot);
            if (flow != Flow.Normal)
            {
                return flow;
            }
        }

        return Flow.Normal;
    }

    private Flow Walk(TemplateNode node, object? dot)
    {
        switch (node)
        {
            case TextNode text:
                _output.Append(text.Text);
                return Flow.Normal;
            case ActionNode action:
                object? value = Evaluate(action.Pipe, dot);
                // A field that is nil, other than a key that is not there.
                if (value is null && dot is ITemplateObject)
                {
                    value = JsonNull.Pointer;
                }

                if (action.Pipe.Variables.Count == 0)
                {
                    _output.Append(value is null ? "<no value>" : TemplateText.Print(value));
                }

                return Flow.Normal;
            case BranchNode branch:
                return Walk(branch, dot);
            case RangeNode range:
                return Walk(range, dot);
            case BreakNode:
                return Flow.Break;
            default:
                return Flow.Continue;
        }
    }

    private Flow Walk(BranchNode branch, object? dot)
    {
        int scope = _variables.Count;
        object? value = Evaluate(branch.Pipe, dot);
        Flow flow = TemplateFunctions.IsTrue(value)
            ? Walk(branch.Body, branch.MovesDot ? value : dot)
            : Walk(branch.Else, dot);
        Leave(scope);
        return flow;
    }

    private Flow Walk(RangeNode range, object? dot)
    {
        int scope = _variables.Count;
        object? value = Evaluate(range.Pipe, dot);
        int body = _variables.Count;
        bool isEmpty = true;
        foreach ((object? key, object? item) in Entries(value, range))
        {
            isEmpty = false;
            SetRangeVariables(range.Pipe, scope, key, item);
            Flow flow = Walk(range.Body, item);
            Leave(body);
            if (flow == Flow.Break)
            {
                break;
            }
        }

        Leave(scope);
        return isEmpty ? Walk(range.Else, dot) : Flow.Normal;
    }

    private void SetRangeVariables(PipeNode pipe, int scope, object? key, object? item)
    {
        for (int i = 0; i < pipe.Variables.Count; i++)
        {
            object? value = pipe.Variables.Count == 2 && i == 0 ? key : item;
            if (pipe.IsAssignment)
            {
                Assign(pipe.Variables[i], value);
            }
            else
            {
                _variables[scope + i] = (pipe.Variables[i], value);
            }
        }
    }

    private IEnumerable<(object? Key, object? Item)> Entries(object? value, RangeNode range) => value switch
    {
        null or JsonNull => [],
        long count => Enumerable.Range(0, (int)count).Select(i => ((object?)(long)i, (object?)(long)i)),
        JsonValue { IsArray: true } json => json.Items.Select((item, i) => ((object?)(long)i, item)),
        JsonValue json => json.Members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => ((object?)member.Key, member.Value)),
        string or ITemplateObject or bool or double => throw Error(range.Pipe, $"range can't iterate over {TemplateText.Print(value)}"),
        IEnumerable items => items.Cast<object?>().Select((item, i) => ((object?)(long)i, item)),
        _ => throw Error(range.Pipe, $"range can't iterate over {TemplateText.Print(value)}"),
    };

    private void Leave(int scope) => _variables.RemoveRange(scope, _variables.Count - scope);

    private void Assign(string name, object? value)
    {
        int i = _variables.FindLastIndex(variable => variable.Name == name);
        _variables[i] = (name, value);
    }

    private object? Evaluate(PipeNode pipe, object? dot)
    {
        object? value = null;
        bool isFirst = true;
        foreach (CommandNode command in pipe.Commands)
        {
            value = Evaluate(command, dot, isFirst ? [] : [value]);
            isFirst = false;
        }

        foreach (string name in pipe.Variables)
        {
            if (pipe.IsAssignment)
            {
                Assign(name, value);
            }
            else
            {
                _variables.Add((name, value));
            }
        }

        return value;
    }

    /// <param name="command">What to do.</param>
    /// <param name="dot">The dot.</param>
    /// <param name="piped">What came through the pipe: the last argument.</param>
    private object? Evaluate(CommandNode command, object? dot, IReadOnlyList<object?> piped)
    {
        TemplateNode first = command.Words[0];
        IReadOnlyList<object?> Arguments() => [.. command.Words.Skip(1).Select(word => EvaluateWord(word, dot)), .. piped];
        switch (first)
        {
            case FunctionNode function:
                return Call(function, command, dot, piped);
            case FieldNode field:
                return GetFields(field, dot, field.Names, Arguments());
            case VariableNode variable when variable.Fields.Count > 0:
                return GetFields(variable, VariableValue(variable.Name), variable.Fields, Arguments());
            case ChainNode chain:
                return GetFields(chain, EvaluateWord(chain.Base, dot), chain.Fields, Arguments());
        }

        if (command.Words.Count > 1 || piped.Count > 0)
        {
            throw Error(first, $"can't give argument to non-function {first}");
        }

        return first is NilNode ? throw Error(first, "nil is not a command") : EvaluateWord(first, dot);
    }

    private object? EvaluateWord(TemplateNode node, object? dot) => node switch
    {
        DotNode => dot,
        NilNode => null,
        ConstantNode constant => constant.Value,
        FieldNode field => GetFields(field, dot, field.Names, []),
        VariableNode variable => GetFields(variable, VariableValue(variable.Name), variable.Fields, []),
        ChainNode chain => GetFields(chain, EvaluateWord(chain.Base, dot), chain.Fields, []),
        PipeNode pipe => Evaluate(pipe, dot),
        FunctionNode function => Call(function, new CommandNode(function.Position, [function]), dot, []),
        _ => throw Error(node, $"can't handle {node}"),
    };

    private object? VariableValue(string name) => _variables.FindLast(variable => variable.Name == name).Value;

    private object? Call(FunctionNode function, CommandNode command, object? dot, IReadOnlyList<object?> piped)
    {
        if (function.Name is "and" or "or")
        {
            return ShortCircuit(function, command, dot, piped);
        }

        try
        {
            TemplateFunctions.CheckCount(function.Name, command.Words.Count - 1 + piped.Count);
            IReadOnlyList<object?> arguments = [.. command.Words.Skip(1).Select((word, i) => Argument(function.Name, i, word, dot)), .. piped];
            return TemplateFunctions.Call(function.Name, arguments, _isHeader);
        }
        catch (ArgumentCountException e)
        {
            throw Error(function, $"wrong number of args for {function.Name}: {e.Message}");
        }
        catch (FormatException e)
        {
            throw Error(command, $"error calling {function.Name}: {e.Message}");
        }
    }

    // A constant of the wrong kind is told apart from a value of the wrong kind.
    private object? Argument(string function, int index, TemplateNode word, object? dot)
    {
        object? value = EvaluateWord(word, dot);
        string? wanted = _isHeader ? null : TemplateFunctions.WantedKind(function, index);
        if (wanted is null || (wanted == "string" && value is string) || (wanted == "int" && value is long)
            || (wanted == "[]string" && value is not (null or string or long or ulong or double or bool)))
        {
            return value;
        }

        throw Error(word, word is ConstantNode ? $"expected {wanted}; found {word}"
            : value is null ? $"invalid value; expected {wanted}"
            : $"wrong type for value; expected {wanted}; got {TemplateText.TypeName(value)}");
    }

    // The words behind the one that decides are not even looked at.
    private object? ShortCircuit(FunctionNode function, CommandNode command, object? dot, IReadOnlyList<object?> piped)
    {
        if (command.Words.Count + piped.Count < 2)
        {
            throw Error(function, $"wrong number of args for {function.Name}: want at least 1 got 0");
        }

        object? value = null;
        foreach (TemplateNode word in command.Words.Skip(1))
        {
            value = EvaluateWord(word, dot);
            if (TemplateFunctions.IsTrue(value) == (function.Name == "or"))
            {
                return value;
            }
        }

        return piped.Count > 0 ? piped[0] : value;
    }

    private object? GetFields(TemplateNode node, object? start, IReadOnlyList<string> names, IReadOnlyList<object?> arguments)
    {
        object? value = start;
        for (int i = 0; i < names.Count; i++)
        {
            value = GetField(node, value, names[i], i == names.Count - 1 ? arguments : []);
        }

        return value;
    }

    private object? GetField(TemplateNode node, object? owner, string name, IReadOnlyList<object?> arguments)
    {
        switch (owner)
        {
            case ITemplateObject fields:
                return fields.TryGet(name, arguments, out object? field)
                    ? field
                    : throw Error(node, $"can't evaluate field {name} in type {fields.TypeName}");
            case JsonValue { IsArray: false } json:
                if (arguments.Count > 0)
                {
                    throw Error(node, $"{name} is not a method but has arguments");
                }

                return json.TryGet(name, out object? member) ? member
                    // A map of labels or options gives nothing for a key that it lacks; only a struct must have the field.
                    : json.GivesNothing ? null
                    : throw Error(node, $"map has no entry for key {GoText.Quote(name)}");
            case JsonNull:
                throw Error(node, $"nil pointer evaluating interface {{}}.{name}");
            case null:
                throw Error(node, $"nil data; no entry for key {GoText.Quote(name)}");
            default:
                // Docker evaluates such a template over the raw answer, whose values have no types.
                throw Error(node, $"can't evaluate field {name} in type interface {{}}");
        }
    }

    private TemplateException Error(TemplateNode node, string message)
    {
        ReadOnlySpan<char> before = _source.AsSpan(0, Math.Min(node.Position, _source.Length));
        int line = 1 + before.Count('\n');
        int column = Encoding.UTF8.GetByteCount(before[(before.LastIndexOf('\n') + 1)..]);
        return new TemplateException($"template: :{line}:{column}: executing \"\" at <{node}>: {message}", false);
    }
}
