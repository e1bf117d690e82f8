using System.Text;

namespace Berth.Cli;

/// <summary>Text in columns: cells end with a tab, and cells under each other in consecutive lines are equally wide.</summary>
/// <remarks>Source: Go's text/tabwriter with Docker's settings. A line's last cell belongs to no column.</remarks>
internal static class Table
{
    public const int MinimumWidth = 10;
    private const int DefaultPadding = 3;

    /// <param name="text">Lines with tabs.</param>
    /// <param name="minimumWidth">Of a column, its padding included.</param>
    /// <param name="padding">Spaces behind the widest cell.</param>
    public static string Align(string text, int minimumWidth = MinimumWidth, int padding = DefaultPadding)
    {
        string[] lines = text.Split('\n');
        string[][] cells = [.. lines.Select(line => line.Split('\t'))];
        int[][] widths = [.. cells.Select(row => new int[row.Length - 1])];
        for (int row = 0; row < cells.Length; row++)
        {
            for (int column = 0; column < widths[row].Length; column++)
            {
                if (widths[row][column] == 0)
                {
                    Measure(cells, widths, row, column, minimumWidth, padding);
                }
            }
        }

        var aligned = new StringBuilder(text.Length * 2);
        for (int row = 0; row < cells.Length; row++)
        {
            for (int column = 0; column < cells[row].Length; column++)
            {
                string cell = cells[row][column];
                aligned.Append(cell);
                if (column < widths[row].Length)
                {
                    aligned.Append(' ', widths[row][column] - WidthOf(cell));
                }
            }

            if (row < cells.Length - 1)
            {
                aligned.Append('\n');
            }
        }

        return aligned.ToString();
    }

    // A column is as long as the lines that follow each other have it.
    private static void Measure(string[][] cells, int[][] widths, int first, int column, int minimumWidth, int padding)
    {
        int last = first;
        int width = minimumWidth;
        for (; last < cells.Length && widths[last].Length > column; last++)
        {
            width = Math.Max(width, WidthOf(cells[last][column]) + padding);
        }

        for (int row = first; row < last; row++)
        {
            widths[row][column] = width;
        }
    }

    private static int WidthOf(string cell)
    {
        int width = 0;
        foreach (Rune _ in cell.EnumerateRunes())
        {
            width++;
        }

        return width;
    }
}
