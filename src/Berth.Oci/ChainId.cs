using System.Text;

namespace Berth.Oci;

/// <summary>The identity of a stack of layers. Source: OCI image-spec, config.md, "Layer ChainID".</summary>
public static class ChainId
{
    /// <summary>The chain IDs of each prefix of <paramref name="diffIds"/>, lowest first; the last one names the whole stack.</summary>
    public static IReadOnlyList<Digest> Of(IReadOnlyList<Digest> diffIds)
    {
        var chain = new Digest[diffIds.Count];
        for (int i = 0; i < chain.Length; i++)
        {
            chain[i] = i == 0 ? diffIds[0] : Extend(chain[i - 1], diffIds[i]);
        }

        return chain;
    }

    public static Digest Extend(Digest? parent, Digest diffId) =>
        parent is { } below ? Digest.Of(Encoding.ASCII.GetBytes($"{below} {diffId}")) : diffId;
}
