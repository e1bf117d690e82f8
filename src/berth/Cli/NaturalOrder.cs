namespace Berth.Cli;

/// <summary>Names in the order that people expect: <c>net2</c> before <c>net10</c>.</summary>
/// <remarks>Source of the rule: github.com/fvbommel/sortorder, which Docker's lists use.</remarks>
internal static class NaturalOrder
{
    public static IComparer<string> Comparer { get; } = Comparer<string>.Create(Compare);

    private static int Compare(string left, string right)
    {
        int i = 0;
        int j = 0;
        while (i < left.Length && j < right.Length)
        {
            if (char.IsAsciiDigit(left[i]) && char.IsAsciiDigit(right[j]))
            {
                int order = CompareNumbers(Digits(left, ref i), Digits(right, ref j));
                if (order != 0)
                {
                    return order;
                }

                continue;
            }

            if (left[i] != right[j])
            {
                return left[i].CompareTo(right[j]);
            }

            i++;
            j++;
        }

        return (left.Length - i).CompareTo(right.Length - j);
    }

    private static int CompareNumbers(ReadOnlySpan<char> left, ReadOnlySpan<char> right)
    {
        ReadOnlySpan<char> a = left.TrimStart('0');
        ReadOnlySpan<char> b = right.TrimStart('0');
        return a.Length != b.Length ? a.Length.CompareTo(b.Length)
            : a.SequenceCompareTo(b) is not 0 and var order ? order
            : left.Length.CompareTo(right.Length);
    }

    private static ReadOnlySpan<char> Digits(string text, ref int at)
    {
        int start = at;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
        {
            at++;
        }

        return text.AsSpan(start, at - start);
    }
}
