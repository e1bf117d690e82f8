using System.Globalization;
using Berth.Runtime;

namespace Berth.Engine.Containers;

public sealed partial class ContainerService
{
    /// <exception cref="EngineException">Conflict: it does not run.</exception>
    public async Task ResizeAsync(string nameOrId, int rows, int columns, CancellationToken ct)
    {
        Container container = _table.Get(nameOrId);
        if (container is not { State.HasProcess: true, Task: { } task })
        {
            throw ContainerErrors.NotRunning(container.Id);
        }

        try
        {
            await task.ResizeAsync(rows, columns, ct).ConfigureAwait(false);
        }
        catch (RuntimeFailureException e)
        {
            throw new EngineException(ErrorKind.System, e.Message, e);
        }

        _events.Publish(container, "resize",
            new KeyValuePair<string, string>("height", rows.ToString(CultureInfo.InvariantCulture)),
            new KeyValuePair<string, string>("width", columns.ToString(CultureInfo.InvariantCulture)));
    }
}
