namespace Berth.Engine.Networks;

/// <summary>The addresses of one network: which are taken, and which one is next. Not safe for several threads at once.</summary>
/// <remarks>The lowest free address is given out first, as dockerd does. Memory grows with what is taken, not with the size of the block.</remarks>
internal sealed class AddressPool
{
    private readonly HashSet<uint> _taken = [];
    private readonly uint _first;
    private readonly uint _last;
    private uint _lowestMaybeFree;

    /// <param name="subnet">Where addresses may lie. Its first and last one belong to nobody, unless it has two or fewer (RFC 3021).</param>
    /// <param name="range">Where <see cref="TryTake(out uint)"/> looks; null for all of <paramref name="subnet"/>.</param>
    public AddressPool(Ipv4Network subnet, Ipv4Network? range)
    {
        Subnet = subnet;
        Ipv4Network searched = range is { } r && subnet.Overlaps(r) ? r : subnet;
        _first = Math.Max(searched.First, subnet.First);
        _last = Math.Min(searched.Last, subnet.Last);
        _lowestMaybeFree = _first;
        if (subnet.PrefixLength < 31)
        {
            _taken.Add(subnet.First);
            _taken.Add(subnet.Last);
        }
    }

    public Ipv4Network Subnet { get; }

    /// <summary>Takes the lowest free address of the range.</summary>
    /// <returns>False when there is none left.</returns>
    public bool TryTake(out uint address)
    {
        for (uint candidate = _lowestMaybeFree; candidate <= _last && candidate >= _first; candidate++)
        {
            if (_taken.Add(candidate))
            {
                address = candidate;
                _lowestMaybeFree = candidate;
                return true;
            }

            if (candidate == uint.MaxValue)
            {
                break;
            }
        }

        address = 0;
        return false;
    }

    /// <summary>Takes <paramref name="address"/>, which may lie outside the range but not outside the subnet.</summary>
    /// <returns>False when it is taken already or does not belong here.</returns>
    public bool TryTake(uint address) => Subnet.Contains(address) && _taken.Add(address);

    /// <summary>Gives an address back; one that is not taken is left alone.</summary>
    public void Release(uint address)
    {
        if (IsReserved(address) || !_taken.Remove(address))
        {
            return;
        }

        if (address >= _first && address <= _last)
        {
            _lowestMaybeFree = Math.Min(_lowestMaybeFree, address);
        }
    }

    public bool IsTaken(uint address) => _taken.Contains(address);

    /// <summary>How many addresses of the subnet are in use, its first and last included, as dockerd counts.</summary>
    public ulong InUse => (ulong)_taken.Count;

    /// <summary>How many the range still has.</summary>
    public ulong Available => (ulong)(_last - _first) + 1 - (ulong)_taken.LongCount(a => a >= _first && a <= _last);

    private bool IsReserved(uint address) => Subnet.PrefixLength < 31 && (address == Subnet.First || address == Subnet.Last);
}
