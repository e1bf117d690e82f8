using System.Net.Http.Headers;
using System.Text;

namespace Berth.Oci.Distribution;

/// <summary>What a 401 asks for. Source: RFC 9110, section 11.6.1; RFC 6750, section 3.</summary>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    public const string Bearer = "Bearer";
    public const string Basic = "Basic";

    public string? this[string name] => Parameters.GetValueOrDefault(name);

    /// <summary>The challenge to answer: a token's before a password's; null where neither is asked for.</summary>
    public static AuthChallenge? Of(HttpResponseMessage response)
    {
        AuthChallenge? basic = null;
        foreach (AuthenticationHeaderValue header in response.Headers.WwwAuthenticate)
        {
            if (header.Scheme.Equals(Bearer, StringComparison.OrdinalIgnoreCase))
            {
                return new AuthChallenge(Bearer, ParseParameters(header.Parameter ?? ""));
            }

            if (header.Scheme.Equals(Basic, StringComparison.OrdinalIgnoreCase))
            {
                basic ??= new AuthChallenge(Basic, ParseParameters(header.Parameter ?? ""));
            }
        }

        return basic;
    }

    /// <summary>Reads <c>name=token</c> and <c>name="quoted \" string"</c>, by commas; what is malformed ends the list.</summary>
    internal static Dictionary<string, string> ParseParameters(string text)
    {
        var parameters = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        int at = 0;
        while (at < text.Length)
        {
            int equals = text.IndexOf('=', at);
            if (equals < 0)
            {
                break;
            }

            string name = text[at..equals].Trim(' ', '\t', ',');
            at = equals + 1;
            if (name.Length == 0 || !TryReadValue(text, ref at, out string value))
            {
                break;
            }

            parameters.TryAdd(name, value);
        }

        return parameters;
    }

    private static bool TryReadValue(string text, ref int at, out string value)
    {
        while (at < text.Length && text[at] is ' ' or '\t')
        {
            at++;
        }

        if (at >= text.Length || text[at] != '"')
        {
            int comma = text.IndexOf(',', at) is var found && found < 0 ? text.Length : found;
            value = text[at..comma].Trim();
            at = comma;
            return true;
        }

        var quoted = new StringBuilder();
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            quoted.Append(text[at]);
        }

        value = quoted.ToString();
        return at++ < text.Length;
    }
}
