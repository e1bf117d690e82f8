namespace Berth.Engine.Images;

/// <summary>Shell patterns in which <c>*</c> and <c>?</c> stop at a slash. Source: Go's path.Match.</summary>
internal static class PathPattern
{
    /// <returns>False for a pattern that is none.</returns>
    public static bool IsMatch(ReadOnlySpan<char> pattern, ReadOnlySpan<char> name)
    {
        while (pattern.Length > 0)
        {
            switch (pattern[0])
            {
                case '*':
                    return MatchesStar(pattern[1..], name);
                case '?' when name.Length > 0 && name[0] != '/':
                    break;
                case '[' when name.Length > 0 && MatchesClass(ref pattern, name[0]):
                    name = name[1..];
                    continue;
                case '\\' when pattern.Length > 1 && name.Length > 0 && name[0] == pattern[1]:
                    pattern = pattern[1..];
                    break;
                case not ('?' or '[' or '\\') when name.Length > 0 && name[0] == pattern[0]:
                    break;
                default:
                    return false;
            }

            pattern = pattern[1..];
            name = name[1..];
        }

        return name.Length == 0;
    }

    private static bool MatchesStar(ReadOnlySpan<char> rest, ReadOnlySpan<char> name)
    {
        for (int skip = 0; ; skip++)
        {
            if (IsMatch(rest, name[skip..]))
            {
                return true;
            }

            if (skip == name.Length || name[skip] == '/')
            {
                return false;
            }
        }
    }

    /// <summary><c>[a-z]</c> or <c>[^a-z]</c>; leaves the pattern behind its bracket.</summary>
    private static bool MatchesClass(ref ReadOnlySpan<char> pattern, char c)
    {
        int end = pattern.IndexOf(']');
        if (end < 2)
        {
            return false;
        }

        ReadOnlySpan<char> set = pattern[1..end];
        pattern = pattern[(end + 1)..];
        bool negated = set[0] == '^';
        set = negated ? set[1..] : set;
        bool found = false;
        for (int i = 0; i < set.Length; i++)
        {
            bool isRange = i + 2 < set.Length && set[i + 1] == '-';
            found |= isRange ? c >= set[i] && c <= set[i + 2] : c == set[i];
            i += isRange ? 2 : 0;
        }

        return found != negated;
    }
}
