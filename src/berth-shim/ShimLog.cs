using System.Text;
using Berth.Linux.Descriptors;

namespace Berth.Shim;

/// <summary>Standard error, which is the bundle's shim.log: for what goes wrong where nobody can be answered.</summary>
internal static class ShimLog
{
    private static readonly Descriptor Stderr = new(2);

    public static void Write(string sentence) => _ = DescriptorCalls.WriteAll(Stderr, Encoding.UTF8.GetBytes(sentence + "\n"));
}
