using System.Collections.Immutable;

namespace Berth.Engine.Containers;

/// <summary>All containers, by id, by name and by unique prefix of the id. Readers take no lock.</summary>
/// <remarks>A name is reserved before its container exists, so that two creates with one name cannot both win.</remarks>
internal sealed class ContainerTable
{
    private readonly Lock _lock = new();
    private volatile Snapshot _snapshot = new(
        ImmutableDictionary.Create<string, Container>(StringComparer.Ordinal),
        ImmutableSortedSet.Create<string>(StringComparer.Ordinal),
        ImmutableDictionary.Create<string, string>(StringComparer.Ordinal));

    public IEnumerable<Container> All => _snapshot.ById.Values;

    public int Count => _snapshot.ById.Count;

    public Container? FindById(string id) => _snapshot.ById.GetValueOrDefault(id);

    /// <summary>A full id first, then a name (with or without its leading slash), then a unique prefix of an id. moby 28: daemon/container.go, GetContainer.</summary>
    /// <exception cref="EngineException">There is none, or the prefix is not unique.</exception>
    public Container Get(string nameOrId)
    {
        if (nameOrId.Length == 0)
        {
            throw ContainerErrors.NoNameSupplied();
        }

        Snapshot snapshot = _snapshot;
        return snapshot.ById.GetValueOrDefault(nameOrId)
            ?? snapshot.FindByName(nameOrId.StartsWith('/') ? nameOrId[1..] : nameOrId)
            ?? snapshot.FindByPrefix(nameOrId)
            ?? throw ContainerErrors.NoSuchContainer(nameOrId);
    }

    /// <summary>As <see cref="Get"/>, for lists that tolerate strangers; null where there is none or several.</summary>
    public Container? Find(string nameOrId)
    {
        try
        {
            return Get(nameOrId);
        }
        catch (EngineException)
        {
            return null;
        }
    }

    /// <exception cref="EngineException">Conflict, naming the container that has the name.</exception>
    public void ReserveName(string name, string id)
    {
        if (!TryReserveName(name, id, out string owner))
        {
            throw ContainerErrors.NameInUse(name, owner);
        }
    }

    public bool TryReserveName(string name, string id, out string owner)
    {
        lock (_lock)
        {
            if (_snapshot.Names.TryGetValue(name, out string? found))
            {
                owner = found;
                return found == id;
            }

            _snapshot = _snapshot with { Names = _snapshot.Names.Add(name, id) };
            owner = id;
            return true;
        }
    }

    public void ReleaseName(string name, string id)
    {
        lock (_lock)
        {
            if (_snapshot.Names.GetValueOrDefault(name) == id)
            {
                _snapshot = _snapshot with { Names = _snapshot.Names.Remove(name) };
            }
        }
    }

    /// <summary>Makes a container visible. Its name has been reserved.</summary>
    public void Add(Container container)
    {
        lock (_lock)
        {
            _snapshot = _snapshot with
            {
                ById = _snapshot.ById.SetItem(container.Id, container),
                Ids = _snapshot.Ids.Add(container.Id),
            };
        }
    }

    /// <summary>Makes a container invisible and frees its name.</summary>
    public void Remove(Container container)
    {
        lock (_lock)
        {
            Snapshot next = _snapshot with
            {
                ById = _snapshot.ById.Remove(container.Id),
                Ids = _snapshot.Ids.Remove(container.Id),
            };
            _snapshot = next.Names.GetValueOrDefault(container.Name) == container.Id
                ? next with { Names = next.Names.Remove(container.Name) }
                : next;
        }
    }

    /// <summary>Fills an empty table with what the state store holds, in one go.</summary>
    public void Load(IReadOnlyCollection<Container> containers)
    {
        lock (_lock)
        {
            _snapshot = new Snapshot(
                containers.ToImmutableDictionary(c => c.Id, StringComparer.Ordinal),
                containers.Select(c => c.Id).ToImmutableSortedSet(StringComparer.Ordinal),
                containers.ToImmutableDictionary(c => c.Name, c => c.Id, StringComparer.Ordinal));
        }
    }

    private sealed record Snapshot(
        ImmutableDictionary<string, Container> ById,
        ImmutableSortedSet<string> Ids,
        ImmutableDictionary<string, string> Names)
    {
        public Container? FindByName(string name) =>
            Names.TryGetValue(name, out string? id) ? ById.GetValueOrDefault(id) : null;

        public Container? FindByPrefix(string prefix)
        {
            int index = Ids.IndexOf(prefix);
            int first = index < 0 ? ~index : index;
            if (first >= Ids.Count || !Ids[first].StartsWith(prefix, StringComparison.Ordinal))
            {
                return null;
            }

            if (first + 1 < Ids.Count && Ids[first + 1].StartsWith(prefix, StringComparison.Ordinal))
            {
                throw ContainerErrors.AmbiguousPrefix(prefix);
            }

            return ById[Ids[first]];
        }
    }
}
