using System.Buffers.Text;
using System.Text;

namespace Berth.Runtime.Output;

/// <summary>A moment of a log, to the nanosecond.</summary>
/// <param name="Seconds">Since 1970, UTC.</param>
public readonly record struct LogTime(long Seconds, int Nanoseconds) : IComparable<LogTime>
{
    /// <summary><c>2006-01-02T15:04:05.000000000Z</c>: as Docker prints it, with all nine digits.</summary>
    public const int PaddedLength = 30;

    private const long UnixEpochTicks = 621_355_968_000_000_000;

    public static LogTime From(DateTimeOffset time)
    {
        long ticks = time.UtcTicks - UnixEpochTicks;
        long seconds = Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest);
        return rest < 0 ? new(seconds - 1, (int)(rest + TimeSpan.TicksPerSecond) * 100) : new(seconds, (int)rest * 100);
    }

    public DateTimeOffset ToDateTimeOffset() => new(UnixEpochTicks + (Seconds * TimeSpan.TicksPerSecond) + (Nanoseconds / 100), TimeSpan.Zero);

    public int CompareTo(LogTime other) => Seconds != other.Seconds ? Seconds.CompareTo(other.Seconds) : Nanoseconds.CompareTo(other.Nanoseconds);

    public static bool operator <(LogTime left, LogTime right) => left.CompareTo(right) < 0;

    public static bool operator >(LogTime left, LogTime right) => left.CompareTo(right) > 0;

    public static bool operator <=(LogTime left, LogTime right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LogTime left, LogTime right) => left.CompareTo(right) >= 0;

    /// <summary>Writes <see cref="PaddedLength"/> bytes.</summary>
    public void Format(Span<byte> destination)
    {
        var time = new DateTime(UnixEpochTicks + (Seconds * TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        WriteDigits(destination[..4], time.Year);
        destination[4] = (byte)'-';
        WriteDigits(destination[5..7], time.Month);
        destination[7] = (byte)'-';
        WriteDigits(destination[8..10], time.Day);
        destination[10] = (byte)'T';
        WriteDigits(destination[11..13], time.Hour);
        destination[13] = (byte)':';
        WriteDigits(destination[14..16], time.Minute);
        destination[16] = (byte)':';
        WriteDigits(destination[17..19], time.Second);
        destination[19] = (byte)'.';
        WriteDigits(destination[20..29], Nanoseconds);
        destination[29] = (byte)'Z';
    }

    /// <summary>Writes it as Go's RFC3339Nano does: without trailing zeros of the fraction.</summary>
    /// <returns>The length, at most <see cref="PaddedLength"/>.</returns>
    public int FormatTrimmed(Span<byte> destination)
    {
        Format(destination);
        int length = PaddedLength - 1;
        while (destination[length - 1] == '0')
        {
            length--;
        }

        if (destination[length - 1] == '.')
        {
            length--;
        }

        destination[length] = (byte)'Z';
        return length + 1;
    }

    public override string ToString()
    {
        Span<byte> text = stackalloc byte[PaddedLength];
        Format(text);
        return Encoding.ASCII.GetString(text);
    }

    /// <summary>Reads RFC 3339 in UTC with up to nine digits of a fraction, as logs have it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out LogTime time)
    {
        time = default;
        if (text.Length < 20 || text[^1] != 'Z' || !TryParseSeconds(text, out DateTime whole))
        {
            return false;
        }

        int nanoseconds = 0;
        if (text[19] == '.')
        {
            ReadOnlySpan<byte> fraction = text[20..^1];
            if (fraction.Length is 0 or > 9 || !Utf8Parser.TryParse(fraction, out nanoseconds, out int used) || used != fraction.Length)
            {
                return false;
            }

            for (int digits = fraction.Length; digits < 9; digits++)
            {
                nanoseconds *= 10;
            }
        }
        else if (text.Length != 20)
        {
            return false;
        }

        time = new((whole.Ticks - UnixEpochTicks) / TimeSpan.TicksPerSecond, nanoseconds);
        return true;
    }

    private static bool TryParseSeconds(ReadOnlySpan<byte> text, out DateTime time)
    {
        time = default;
        if (!TryRead(text, 0, 4, out int year) || !TryRead(text, 5, 2, out int month) || !TryRead(text, 8, 2, out int day)
            || !TryRead(text, 11, 2, out int hour) || !TryRead(text, 14, 2, out int minute) || !TryRead(text, 17, 2, out int second)
            || year < 1 || month is < 1 or > 12 || day < 1 || day > DateTime.DaysInMonth(year, month) || hour > 23 || minute > 59 || second > 59)
        {
            return false;
        }

        time = new DateTime(year, month, day, hour, minute, second, DateTimeKind.Utc);
        return true;
    }

    private static bool TryRead(ReadOnlySpan<byte> text, int start, int length, out int value) =>
        Utf8Parser.TryParse(text.Slice(start, length), out value, out int used) && used == length && value >= 0;

    private static void WriteDigits(Span<byte> destination, int value)
    {
        for (int i = destination.Length - 1; i >= 0; i--)
        {
            destination[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
