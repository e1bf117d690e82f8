using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Berth.Cli;

/// <summary>IP addresses as Go's net.ParseIP takes them: .NET would also take <c>1.2.3</c> and octal numbers.</summary>
internal static class GoAddress
{
    public static bool IsAddress(string text) => text.Contains(':', StringComparison.Ordinal)
        ? IPAddress.TryParse(text, out IPAddress? address) && address.AddressFamily == AddressFamily.InterNetworkV6
            && text.AsSpan().IndexOfAny("%[]") < 0
        : text.Split('.') is { Length: 4 } parts && parts.All(IsByte);

    private static bool IsByte(string part) => part is "0" || (part.Length is >= 1 and <= 3 && part[0] != '0'
        && byte.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
