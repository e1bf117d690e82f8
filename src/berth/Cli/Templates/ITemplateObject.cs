namespace Berth.Cli.Templates;

/// <summary>A value whose fields a template can name: what Docker's formatters are in Go.</summary>
internal interface ITemplateObject
{
    /// <summary>Go's name for the type, as failures show it.</summary>
    string TypeName { get; }

    /// <returns>False where there is no such field or method.</returns>
    /// <exception cref="TemplateException">It takes other arguments.</exception>
    bool TryGet(string name, IReadOnlyList<object?> arguments, out object? value);

    /// <summary>All of it, in the order that <c>{{json .}}</c> writes.</summary>
    IEnumerable<KeyValuePair<string, object?>> Fields { get; }
}
