using Berth.TestHost;

namespace Berth.EndToEnd.Crashes;

/// <summary>What the daemon acknowledged before it was killed, and whether it still stands.</summary>
internal sealed class Ledger(DaemonProcess daemon)
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _created = [];
    private readonly HashSet<string> _started = [];
    private readonly HashSet<string> _removed = [];
    private bool _pulled;

    /// <summary>Creates, starts, stops and removes, and writes down each step once it was acknowledged.</summary>
    public async Task LiveContainersAsync(int round, CancellationToken ct)
    {
        for (int i = 0; !ct.IsCancellationRequested; i++)
        {
            string name = $"live-{round}-{i}";
            if (!await Acknowledged("create", "--name", name, "busybox", "sleep", "1000"))
            {
                return;
            }

            Note(_created, name);
            if (!await Acknowledged("start", name))
            {
                return;
            }

            Note(_started, name);
            if (i % 2 == 1)
            {
                Forget(name);   // from here on it may or may not be there
                if (!await Acknowledged("rm", "-f", name))
                {
                    return;
                }

                Note(_removed, name);
            }
        }
    }

    public async Task ShortContainersAsync(int round, CancellationToken ct)
    {
        for (int i = 0; !ct.IsCancellationRequested; i++)
        {
            string name = $"short-{round}-{i}";
            if (!await Acknowledged("run", "--rm", "--name", name, "busybox", "true"))
            {
                return;
            }

            Note(_removed, name);
        }
    }

    public async Task PullsAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            _pulled = false;
            await daemon.DockerAsync("rmi", "-f", "pulled:1");
            if (!await Acknowledged("pull", "pulled:1"))
            {
                return;
            }

            _pulled = true;
        }
    }

    /// <summary>Checks all that was acknowledged, then clears the table for the next round.</summary>
    public async Task CheckAsync(string when)
    {
        string[] there = (await daemon.DockerAsync("ps", "-a", "--format", "{{.Names}} {{.State}}")).Succeeds().Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var states = there.Select(line => line.Split(' ')).ToDictionary(parts => parts[0], parts => parts[1]);
        foreach (string name in _created)
        {
            Assert.True(states.ContainsKey(name), $"{when}: {name} was created and is gone");
        }

        foreach (string name in _started)
        {
            Assert.True(states[name] == "running", $"{when}: {name} was started and is {states[name]}");
        }

        foreach (string name in _removed)
        {
            Assert.False(states.ContainsKey(name), $"{when}: {name} was removed and is back");
        }

        if (_pulled)
        {
            (await daemon.DockerAsync("run", "--rm", "pulled:1", "true")).Succeeds();
        }

        string[] live = [.. states.Keys.Where(name => name != "survivor")];
        if (live.Length > 0)
        {
            (await daemon.DockerAsync(["rm", "-f", .. live])).Succeeds();
        }

        _created.Clear();
        _started.Clear();
        _removed.Clear();
    }

    private async Task<bool> Acknowledged(params IEnumerable<string> arguments) => (await daemon.DockerAsync(arguments)).ExitCode == 0;

    private void Note(HashSet<string> set, string name)
    {
        lock (_lock)
        {
            set.Add(name);
        }
    }

    private void Forget(string name)
    {
        lock (_lock)
        {
            _created.Remove(name);
            _started.Remove(name);
        }
    }
}
