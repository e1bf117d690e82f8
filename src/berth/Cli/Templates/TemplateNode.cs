namespace Berth.Cli.Templates;

/// <summary>A piece of a parsed template.</summary>
/// <param name="Position">Where it stands in the text, for sentences about failures.</param>
internal abstract record TemplateNode(int Position);

internal sealed record TextNode(int Position, string Text) : TemplateNode(Position);

internal sealed record ActionNode(int Position, PipeNode Pipe) : TemplateNode(Position);

/// <summary><c>if</c> and <c>with</c>; the latter also moves the dot.</summary>
internal sealed record BranchNode(int Position, bool MovesDot, PipeNode Pipe, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else)
    : TemplateNode(Position);

internal sealed record RangeNode(int Position, PipeNode Pipe, IReadOnlyList<TemplateNode> Body, IReadOnlyList<TemplateNode> Else)
    : TemplateNode(Position);

internal sealed record BreakNode(int Position) : TemplateNode(Position);

internal sealed record ContinueNode(int Position) : TemplateNode(Position);

/// <summary>Commands joined by <c>|</c>, perhaps kept in variables.</summary>
internal sealed record PipeNode(int Position, IReadOnlyList<string> Variables, bool IsAssignment, IReadOnlyList<CommandNode> Commands)
    : TemplateNode(Position)
{
    public override string ToString()
    {
        string left = Variables.Count == 0 ? "" : string.Join(", ", Variables) + (IsAssignment ? " = " : " := ");
        return left + string.Join(" | ", Commands);
    }
}

internal sealed record CommandNode(int Position, IReadOnlyList<TemplateNode> Words) : TemplateNode(Position)
{
    public override string ToString() => string.Join(' ', Words.Select(word => word is PipeNode ? $"({word})" : word.ToString()));
}

internal sealed record DotNode(int Position) : TemplateNode(Position)
{
    public override string ToString() => ".";
}

internal sealed record NilNode(int Position) : TemplateNode(Position)
{
    public override string ToString() => "nil";
}

/// <summary><c>.A.B</c></summary>
internal sealed record FieldNode(int Position, IReadOnlyList<string> Names) : TemplateNode(Position)
{
    public override string ToString() => "." + string.Join('.', Names);
}

/// <summary><c>$x.A.B</c></summary>
internal sealed record VariableNode(int Position, string Name, IReadOnlyList<string> Fields) : TemplateNode(Position)
{
    public override string ToString() => string.Join('.', [Name, .. Fields]);
}

/// <summary><c>(pipeline).A.B</c></summary>
internal sealed record ChainNode(int Position, TemplateNode Base, IReadOnlyList<string> Fields) : TemplateNode(Position)
{
    public override string ToString() => $"({Base}).{string.Join('.', Fields)}";
}

internal sealed record FunctionNode(int Position, string Name) : TemplateNode(Position)
{
    public override string ToString() => Name;
}

/// <summary>A string, a number or a truth value, with the text it was written as.</summary>
internal sealed record ConstantNode(int Position, object Value, string Text) : TemplateNode(Position)
{
    public override string ToString() => Text;
}
