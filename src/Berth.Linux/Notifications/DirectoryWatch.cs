using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Threading.Channels;
using Berth.Linux.Descriptors;

namespace Berth.Linux.Notifications;

/// <summary>
/// Tells of changes to files in directories. One inotify instance and one waiting thread serve all watches of the process; there are none
/// before the first. Source: inotify(7).
/// </summary>
public sealed partial class DirectoryWatch : IDisposable
{
    private const uint IN_MODIFY = 0x2;
    private const uint IN_MOVED_FROM = 0x40;
    private const uint IN_MOVED_TO = 0x80;
    private const uint IN_CREATE = 0x100;
    private const uint IN_DELETE = 0x200;
    private const uint IN_ONLYDIR = 0x1000000;
    private const uint IN_Q_OVERFLOW = 0x4000;
    private const int IN_CLOEXEC = 0x80000;
    private const int EventHeaderLength = 16;

    private static readonly Lock Changing = new();
    private static readonly ConcurrentDictionary<int, List<DirectoryWatch>> Watches = new();
    private static Descriptor? _inotify;

    private readonly int _number;

    // One signal is kept: it says "look again", however much has changed.
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <exception cref="LinuxException">The directory is not there, or the user's limit of watches is reached.</exception>
    public DirectoryWatch(string directory)
    {
        lock (Changing)
        {
            _inotify ??= Begin();
            _number = AddWatch(_inotify.Number, directory, IN_MODIFY | IN_MOVED_FROM | IN_MOVED_TO | IN_CREATE | IN_DELETE | IN_ONLYDIR);
            int errno = Marshal.GetLastPInvokeError();
            if (_number < 0)
            {
                throw new LinuxException("inotify_add_watch", errno, directory);
            }

            // A directory that is already watched has its number already.
            List<DirectoryWatch> others = Watches.GetOrAdd(_number, static _ => []);
            Watches[_number] = [.. others, this];
        }
    }

    /// <summary>Completes when something has changed since the last call completed.</summary>
    public async Task ChangedAsync(CancellationToken ct) => await _signal.Reader.ReadAsync(ct).ConfigureAwait(false);

    public void Dispose()
    {
        lock (Changing)
        {
            if (!Watches.TryGetValue(_number, out List<DirectoryWatch>? watches) || !watches.Contains(this))
            {
                return;
            }

            if (watches.Count > 1)
            {
                Watches[_number] = [.. watches.Where(other => other != this)];
                return;
            }

            // Fails where the directory is gone, and the watch with it.
            Watches.TryRemove(_number, out _);
            _ = RemoveWatch(_inotify!.Number, _number); // set by the constructor
        }
    }

    private static Descriptor Begin()
    {
        int number = Initialize(IN_CLOEXEC);
        int errno = Marshal.GetLastPInvokeError();
        if (number < 0)
        {
            throw new LinuxException("inotify_init1", errno);
        }

        var inotify = new Descriptor(number);
        new Thread(() => Listen(inotify)) { IsBackground = true, Name = "inotify" }.Start();
        return inotify;
    }

    private static void Listen(Descriptor inotify)
    {
        var buffer = new byte[16 * 1024];
        while (true)
        {
            int length = DescriptorCalls.Read(inotify, buffer);
            if (length < 0)
            {
                throw new LinuxException("read inotify", -length);
            }

            ReadOnlySpan<byte> events = buffer.AsSpan(0, length);
            while (events.Length >= EventHeaderLength)
            {
                // struct inotify_event: wd, mask, cookie, length of the name that follows.
                ReadOnlySpan<int> header = MemoryMarshal.Cast<byte, int>(events[..EventHeaderLength]);
                Tell(header[0], (uint)header[1]);
                events = events[(EventHeaderLength + header[3])..];
            }
        }
    }

    private static void Tell(int number, uint mask)
    {
        if ((mask & IN_Q_OVERFLOW) != 0)
        {
            foreach (List<DirectoryWatch> all in Watches.Values)
            {
                all.ForEach(static watch => watch._signal.Writer.TryWrite(true));
            }
        }
        else if (Watches.TryGetValue(number, out List<DirectoryWatch>? watches))
        {
            watches.ForEach(static watch => watch._signal.Writer.TryWrite(true));
        }
    }

    [LibraryImport("libc", EntryPoint = "inotify_init1", SetLastError = true)]
    private static partial int Initialize(int flags);

    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int AddWatch(int fd, string path, uint mask);

    [LibraryImport("libc", EntryPoint = "inotify_rm_watch", SetLastError = true)]
    private static partial int RemoveWatch(int fd, int number);
}
