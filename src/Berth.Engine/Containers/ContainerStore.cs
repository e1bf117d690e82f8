using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Containers in the state store: a document each, replaced whole.</summary>
internal sealed class ContainerStore(StateStore store, ILogger<ContainerStore> logger)
{
    /// <summary>Ids whose documents could not be read. They are left as they are, and so is everything on disk that has their names.</summary>
    public IReadOnlyCollection<string> Unreadable { get; private set; } = [];

    private readonly ConcurrentDictionary<string, bool> _unsaved = new(StringComparer.Ordinal);

    /// <summary>Whether the last state of a container could not be written down.</summary>
    public bool IsUnsaved(string id) => _unsaved.ContainsKey(id);

    public void Save(Container container)
    {
        store.Write(Durability.ProcessCrash,
            new StateChange(StateTable.Containers, container.Id, JsonSerializer.SerializeToUtf8Bytes(container.ToDocument(), EngineJson.Default.ContainerDocument)));
        _unsaved.TryRemove(container.Id, out _);
    }

    /// <summary>Keeps a state that is so whether or not it can be written down: of a process, not of a wish.</summary>
    /// <remarks>Nobody is told that a container does not run because the disk is full. The next state that is saved has this one in it.</remarks>
    /// <returns>Whether it was written down.</returns>
    public bool TrySave(Container container)
    {
        try
        {
            Save(container);
            return true;
        }
        catch (EngineException e)
        {
            Log.StateNotSaved(logger, container.Id, e);
            _unsaved[container.Id] = true;
            return false;
        }
    }

    public void Delete(Container container)
    {
        store.Write(Durability.ProcessCrash, new StateChange(StateTable.Containers, container.Id, Document: null));
        _unsaved.TryRemove(container.Id, out _);
    }

    public IReadOnlyList<ContainerDocument> Load()
    {
        var documents = new List<ContainerDocument>();
        var unreadable = new List<string>();
        foreach ((string id, byte[] document) in store.Load(StateTable.Containers))
        {
            try
            {
                documents.Add(JsonSerializer.Deserialize(document, EngineJson.Default.ContainerDocument) ?? throw new JsonException("null"));
            }
            catch (JsonException e)
            {
                Log.Unreadable(logger, id, e);
                unreadable.Add(id);
            }
        }

        Unreadable = unreadable;
        return documents;
    }
}
