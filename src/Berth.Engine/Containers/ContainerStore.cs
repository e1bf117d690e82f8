using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Berth.Engine.Containers;

/// <summary>Containers in the state store: a document each, replaced whole.</summary>
internal sealed class ContainerStore(StateStore store, ILogger<ContainerStore> logger)
{
    /// <summary>Ids whose documents could not be read. They are left as they are, and so is everything on disk that has their names.</summary>
    public IReadOnlyCollection<string> Unreadable { get; private set; } = [];

    public void Save(Container container) => store.Write(Durability.ProcessCrash,
        new StateChange(StateTable.Containers, container.Id, JsonSerializer.SerializeToUtf8Bytes(container.ToDocument(), EngineJson.Default.ContainerDocument)));

    public void Delete(Container container) =>
        store.Write(Durability.ProcessCrash, new StateChange(StateTable.Containers, container.Id, Document: null));

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
