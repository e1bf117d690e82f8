using System.Runtime.CompilerServices;
using Berth.Linux.Notifications;

namespace Berth.Runtime.Output;

/// <summary>Reads json-file logs, across rotated files and while they are written.</summary>
/// <param name="path">The current file; older ones are beside it, with .1, .2 and so on behind their names.</param>
public sealed class LogReader(string path)
{
    private const int BlockLength = 64 * 1024;

    /// <summary>
    /// Gives the entries in the order they were written. With <see cref="LogQuery.FollowUntil"/> no entry is missed however often the log is
    /// rotated, as long as no file is dropped before it was opened; waiting costs nothing.
    /// </summary>
    public async IAsyncEnumerable<LogEntry> ReadAsync(LogQuery query, [EnumeratorCancellation] CancellationToken ct)
    {
        if (!File.Exists(path) && query.FollowUntil is null)
        {
            yield break;
        }

        // The watch stands before the first look: what is written between the two is told.
        using DirectoryWatch? watch = query.FollowUntil is null ? null : new DirectoryWatch(Path.GetDirectoryName(path)!); // a file's path
        using var position = new Position(path);
        position.Open(query.Tail);
        LogTime? since = query.Since is { } from ? LogTime.From(from) : null;
        LogTime? until = query.Until is { } to ? LogTime.From(to) : null;
        var parser = new JsonLogParser();
        while (true)
        {
            // Asked before the files are read to their end: what the container wrote last is there when it has ended.
            bool isLast = query.FollowUntil?.IsCompleted ?? true;
            while (position.TryReadLine(out ReadOnlyMemory<byte> line))
            {
                ct.ThrowIfCancellationRequested();
                if (!parser.TryParse(line.Span, out LogEntry entry) || entry.Time < since)
                {
                    continue;
                }

                if (entry.Time > until)
                {
                    yield break;
                }

                yield return entry;
            }

            if (isLast || watch is null)
            {
                yield break;
            }

            // Completed tasks end the waiting too: FollowUntil may fail or be cancelled, which is not this reader's concern.
            await Task.WhenAny(watch.ChangedAsync(ct), query.FollowUntil!).ConfigureAwait(false);
            ct.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Where in which file the next line begins.</summary>
    private sealed class Position(string path) : IDisposable
    {
        private readonly Queue<LogFile> _next = new();
        private LogFile? _current;
        private long _offset;
        private byte[] _buffer = new byte[BlockLength];
        private int _start;
        private int _end;

        public void Open(int? tail)
        {
            List<LogFile> files = File.Exists(path) ? LogFile.OpenAll(path) : [];
            int first = 0;
            if (tail is { } lines)
            {
                for (first = files.Count; first > 0 && lines > 0;)
                {
                    first--;
                    _offset = files[first].FindTail(files[first].Length, ref lines);
                }

                if (first == files.Count && first > 0)
                {
                    first--;
                    int none = 0;
                    _offset = files[first].FindTail(files[first].Length, ref none);
                }
            }

            for (int i = 0; i < files.Count; i++)
            {
                if (i < first)
                {
                    files[i].Dispose();
                }
                else
                {
                    _next.Enqueue(files[i]);
                }
            }

            _next.TryDequeue(out _current);
        }

        /// <summary>The next whole line without its newline; false where there is none yet.</summary>
        public bool TryReadLine(out ReadOnlyMemory<byte> line)
        {
            while (true)
            {
                int newline = _buffer.AsSpan(_start, _end - _start).IndexOf((byte)'\n');
                if (newline >= 0)
                {
                    line = _buffer.AsMemory(_start, newline);
                    _start += newline + 1;
                    return true;
                }

                if (!Fill() && !Advance())
                {
                    line = default;
                    return false;
                }
            }
        }

        public void Dispose()
        {
            _current?.Dispose();
            while (_next.TryDequeue(out LogFile? file))
            {
                file.Dispose();
            }
        }

        private bool Fill()
        {
            if (_current is null)
            {
                return false;
            }

            if (_start > 0)
            {
                Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }

            int count = _current.Read(_buffer.AsSpan(_end), _offset);
            _offset += count;
            _end += count;
            return count > 0;
        }

        /// <summary>Goes on to the file after the current one, which is read to its end.</summary>
        private bool Advance()
        {
            if (_next.Count == 0)
            {
                FindNewer();
            }

            if (_next.Count == 0)
            {
                return false;
            }

            // The writer leaves a file for good before the next is there, but may have written between our last read and that.
            if (Fill())
            {
                return true;
            }

            _current?.Dispose();
            _current = _next.Dequeue();
            _offset = 0;
            _start = _end = 0;
            return true;
        }

        private void FindNewer()
        {
            if (_current is not null && LogFile.TryOpen(path) is { } newest)
            {
                using (newest)
                {
                    if (newest.Identity == _current.Identity)
                    {
                        return;
                    }
                }
            }
            else if (!File.Exists(path))
            {
                return;
            }

            List<LogFile> files = LogFile.OpenAll(path);
            int known = _current is null ? -1 : files.FindIndex(file => file.Identity == _current.Identity);
            for (int i = 0; i < files.Count; i++)
            {
                if (i <= known)
                {
                    files[i].Dispose();
                }
                else
                {
                    _next.Enqueue(files[i]);
                }
            }
        }
    }
}
