using System.Globalization;
using System.Text.RegularExpressions;

namespace Berth.Engine.Containers;

/// <summary>Names that users give, and those that are made up for them.</summary>
internal static partial class ContainerNames
{
    /// <param name="name">With or without a leading slash.</param>
    /// <returns>The name without slash.</returns>
    /// <exception cref="EngineException">It is not a name. moby 28: daemon/names.go.</exception>
    public static string Validate(string name)
    {
        string bare = name.StartsWith('/') ? name[1..] : name;
        return Pattern().IsMatch(bare) ? bare : throw ContainerErrors.InvalidName(name);
    }

    /// <summary>An adjective and a surname, with a digit from the second attempt on.</summary>
    public static string MakeUp(int attempt)
    {
        string left = ContainerNameWords.Adjectives[Random.Shared.Next(ContainerNameWords.Adjectives.Length)];
        string right = ContainerNameWords.Surnames[Random.Shared.Next(ContainerNameWords.Surnames.Length)];
        return attempt == 0
            ? $"{left}_{right}"
            : string.Create(CultureInfo.InvariantCulture, $"{left}_{right}{Random.Shared.Next(10)}");
    }

    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9_.-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
