namespace Berth.Engine.Networks;

/// <summary>Chooses subnets for networks that name none. Pure.</summary>
internal static class SubnetPools
{
    /// <summary>The first block of <paramref name="pools"/>, in order, that overlaps nothing of <paramref name="taken"/>.</summary>
    /// <param name="taken">Subnets of networks, and what the host has routes and addresses for.</param>
    /// <returns>Null when all pools are used up.</returns>
    /// <exception cref="EngineException">A pool is not an IPv4 block, or its size is smaller than the block is.</exception>
    public static Ipv4Network? Choose(IReadOnlyList<AddressPoolOption> pools, IReadOnlyCollection<Ipv4Network> taken)
    {
        foreach (AddressPoolOption pool in pools)
        {
            if (!Ipv4Network.TryParse(pool.Base, out _, out Ipv4Network block))
            {
                throw NetworkErrors.InvalidPool(pool.Base);
            }

            if (pool.Size < block.PrefixLength || pool.Size > 30)
            {
                throw NetworkErrors.InvalidPoolSize(pool.Base, pool.Size);
            }

            if (FirstFree(block, pool.Size, taken) is { } free)
            {
                return free;
            }
        }

        return null;
    }

    private static Ipv4Network? FirstFree(Ipv4Network block, int size, IReadOnlyCollection<Ipv4Network> taken)
    {
        ulong next = block.First;
        while (next <= block.Last)
        {
            Ipv4Network candidate = Ipv4Network.Around((uint)next, size);
            Ipv4Network? conflict = null;
            foreach (Ipv4Network other in taken)
            {
                // A default route overlaps everything and reserves nothing.
                if (other.PrefixLength > 0 && other.Overlaps(candidate))
                {
                    conflict = other;
                    break;
                }
            }

            if (conflict is not { } obstacle)
            {
                return candidate;
            }

            next = Math.Max((ulong)candidate.Last, obstacle.Last) + 1;
        }

        return null;
    }
}
