using Berth.Api;
using Berth.Oci;

namespace Berth.Engine.Images;

/// <summary>What happens to one layer, told to all who wait for it. Who comes late hears the present first.</summary>
internal sealed class LayerProgress(Digest layer, TimeProvider time)
{
    /// <summary>Between two reports of the same bar. moby 28: pkg/progress/progressreader.go.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Lock _lock = new();
    private readonly List<IProgress<JsonMessage>> _listeners = [];
    private readonly string _id = ShortId(layer);
    private JsonMessage? _last;
    private long _lastBar;

    /// <summary>As Docker shows a layer: the first 12 digits of its digest.</summary>
    public static string ShortId(Digest layer) => layer.Hex[..12];

    public void Subscribe(IProgress<JsonMessage> listener)
    {
        lock (_lock)
        {
            _listeners.Add(listener);
            if (_last is not null)
            {
                listener.Report(_last);
            }
        }
    }

    public void Unsubscribe(IProgress<JsonMessage> listener)
    {
        lock (_lock)
        {
            _listeners.Remove(listener);
        }
    }

    public void Report(string status) => Tell(new JsonMessage { Status = status, Id = _id, ProgressDetail = new ProgressDetail() });

    /// <summary>Tells of a bar, but no more often than a client can draw it.</summary>
    public void Report(string status, long current, long total, bool always)
    {
        if (!always && _lastBar != 0 && time.GetElapsedTime(_lastBar) < Interval)
        {
            return;
        }

        _lastBar = time.GetTimestamp();
        Tell(new JsonMessage
        {
            Status = status,
            Id = _id,
            ProgressDetail = new ProgressDetail { Current = current, Total = total },
            Progress = ProgressText.Of(current, total),
        });
    }

    private void Tell(JsonMessage message)
    {
        lock (_lock)
        {
            _last = message;
            foreach (IProgress<JsonMessage> listener in _listeners)
            {
                listener.Report(message);
            }
        }
    }
}
