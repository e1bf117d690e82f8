using Berth.Cli.Templates;

namespace Berth.Cli;

/// <summary>One line of a list: its fields by name, each worked out only when a template asks for it.</summary>
internal sealed class RowFields : ITemplateObject
{
    private readonly IReadOnlyList<(string Name, Func<object?> Value)> _fields;
    private readonly Func<string, string?>? _label;

    /// <param name="typeName">Go's name for the type.</param>
    /// <param name="fields">In alphabetical order, as <c>{{json .}}</c> writes them.</param>
    /// <param name="label">What <c>.Label "name"</c> gives; null where there is no such method.</param>
    public RowFields(string typeName, IReadOnlyList<(string Name, Func<object?> Value)> fields, Func<string, string?>? label = null)
    {
        TypeName = typeName;
        _fields = fields;
        _label = label;
    }

    public string TypeName { get; }

    public IEnumerable<KeyValuePair<string, object?>> Fields => _fields.Select(entry => KeyValuePair.Create(entry.Name, entry.Value()));

    public bool TryGet(string name, IReadOnlyList<object?> arguments, out object? value)
    {
        if (name == "Label" && _label is not null && arguments is [string key])
        {
            value = _label(key) ?? "";
            return true;
        }

        foreach ((string field, Func<object?> get) in _fields)
        {
            if (field == name)
            {
                value = get();
                return true;
            }
        }

        value = null;
        return false;
    }
}

/// <summary>The titles of a table's columns; a label's title is its name.</summary>
internal sealed class HeaderFields : ITemplateObject
{
    private readonly IReadOnlyDictionary<string, string> _titles;

    public HeaderFields(IReadOnlyDictionary<string, string> titles) => _titles = titles;

    public string TypeName => "formatter.SubHeaderContext";

    public IEnumerable<KeyValuePair<string, object?>> Fields => _titles.Select(title => KeyValuePair.Create(title.Key, (object?)title.Value));

    public bool TryGet(string name, IReadOnlyList<object?> arguments, out object? value)
    {
        if (name == "Label" && arguments is [string key])
        {
            // docker/cli: "com.docker.swarm.swarm-id" becomes "SWARM ID"
            string last = key[(key.LastIndexOf('.') + 1)..];
            value = last.Replace('-', ' ').Replace('_', ' ');
            return true;
        }

        value = _titles.TryGetValue(name, out string? title) ? title : null;
        return true;
    }
}
