using System.Text.Json;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>Images by ID and by name: in memory for asking, in the state store for keeping.</summary>
/// <remarks>Every change is one transaction that survives a power cut; readers see whole states only.</remarks>
internal sealed class ImageStore
{
    private readonly StateStore _state;
    private readonly Lock _writing = new();
    private volatile ImageTable _table;

    public ImageStore(StateStore state)
    {
        _state = state;
        _table = Load(state);
    }

    /// <summary>The state of this moment; it does not change under the reader.</summary>
    public ImageTable Table => _table;

    /// <summary>Computes a change from the current state and makes it. Nothing else changes in between.</summary>
    /// <param name="change">Given the state and what collects the changes.</param>
    public void Update(Action<ImageTable, ImageTableChanges> change)
    {
        lock (_writing)
        {
            var changes = new ImageTableChanges();
            change(_table, changes);
            if (!changes.IsEmpty)
            {
                _state.Write(Durability.PowerLoss, changes.ToStateChanges());
                _table = _table.With(changes);
            }
        }
    }

    private static ImageTable Load(StateStore state)
    {
        var changes = new ImageTableChanges();
        foreach ((string _, byte[] document) in state.Load(StateTable.Images))
        {
            changes.Put(JsonSerializer.Deserialize(document, ImageJson.Default.ImageRecord)!);
        }

        foreach ((string name, byte[] document) in state.Load(StateTable.ImageNames))
        {
            changes.Name(ImageReference.Parse(name), JsonSerializer.Deserialize(document, ImageJson.Default.ImageNameRecord)!);
        }

        return ImageTable.Empty.With(changes);
    }
}
