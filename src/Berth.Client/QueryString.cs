using System.Globalization;
using System.Text;
using Berth.Api;

namespace Berth.Client;

/// <summary>Builds <c>?a=1&amp;b=x</c>; what is null, false or empty is left out, as moby's client leaves it out.</summary>
internal sealed class QueryString
{
    private readonly StringBuilder _text = new();

    public QueryString Add(string name, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            _text.Append(_text.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }

        return this;
    }

    public QueryString Add(string name, bool value) => value ? Add(name, "1") : this;

    public QueryString Add(string name, long? value) => Add(name, value?.ToString(CultureInfo.InvariantCulture));

    public QueryString Add(string name, Filters? filters) => filters is null || filters.IsEmpty ? this : Add(name, filters.ToJson());

    public QueryString AddEach(string name, IReadOnlyList<string>? values)
    {
        foreach (string value in values ?? [])
        {
            Add(name, value);
        }

        return this;
    }

    public override string ToString() => _text.ToString();
}
