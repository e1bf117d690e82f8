using System.Text;
using Berth.Linux.Descriptors;
using Berth.Runtime;

namespace Berth.Shim;

/// <summary>Standard error, for what goes wrong where nobody can be answered: the daemon's until the bundle is known, then its shim.log.</summary>
internal static class ShimLog
{
    private static readonly Descriptor Stderr = new(2);

    /// <summary>Begins the bundle's; the runtime's own last words go there too.</summary>
    public static void Open()
    {
        using Descriptor log = DescriptorCalls.Open(
            Bundle.ShimLogName, DescriptorCalls.O_WRONLY | DescriptorCalls.O_CREAT | DescriptorCalls.O_TRUNC | DescriptorCalls.O_APPEND, 0x180);
        DescriptorCalls.DuplicateTo(log, Stderr.Number);
    }

    public static void Write(string sentence) => _ = DescriptorCalls.WriteAll(Stderr, Encoding.UTF8.GetBytes(sentence + "\n"));
}
