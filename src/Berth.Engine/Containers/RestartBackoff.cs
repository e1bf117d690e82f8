namespace Berth.Engine.Containers;

/// <summary>How long a restart policy waits before it starts a container again.</summary>
/// <remarks>100 ms, doubled after each short run up to a minute; a run of at least 10 s starts over. moby 28: daemon/internal/restartmanager/restartmanager.go.</remarks>
internal sealed class RestartBackoff
{
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(10);

    private TimeSpan _last;

    /// <summary>The wait after a run that took <paramref name="ran"/>.</summary>
    public TimeSpan Next(TimeSpan ran)
    {
        _last = ran >= LongEnough || _last == TimeSpan.Zero ? First : _last * 2;
        if (_last > Longest)
        {
            _last = Longest;
        }

        return _last;
    }

    public void Reset() => _last = TimeSpan.Zero;
}
