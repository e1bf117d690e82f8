using System.Diagnostics;
using System.Globalization;

namespace Berth.Bench;

internal static class Measure
{
    public const int Runs = 15;

    /// <summary>Times both alternately, after one uncounted run of each, and prints a row with the medians.</summary>
    public static async Task PairAsync(string what, Func<Task> ours, Func<Task> reference, int runs = Runs, Func<Task>? before = null)
    {
        var left = new List<double>();
        var right = new List<double>();
        for (int run = -1; run < runs; run++)
        {
            if (before is not null)
            {
                await before();
            }

            double a = await TimeAsync(ours);
            double b = await TimeAsync(reference);
            if (run >= 0)
            {
                left.Add(a);
                right.Add(b);
            }
        }

        Row(what, $"{Text(Median(left))} ms", $"{Text(Median(right))} ms", $"1/{Text(Median(right) / Median(left))}");
    }

    public static async Task<double> TimeAsync(Func<Task> action)
    {
        long start = Stopwatch.GetTimestamp();
        await action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    public static void Row(string what, string ours, string reference, string ratio) =>
        Console.WriteLine($"| {what} | {ours} | {reference} | {ratio} |");

    public static string Text(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);
}
