namespace Berth.Oci.Content;

/// <summary>Blobs as files, in the layout of OCI's image-layout.md.</summary>
/// <remarks>
/// <code>
/// blobs/&lt;algorithm&gt;/&lt;hex&gt;    complete, verified, durable
/// ingest/&lt;number&gt;              being written; removed at start
/// ingest/&lt;hex&gt;.partial         a transfer that was cut; kept for <see cref="PartialLifetime"/>
/// </code>
/// A blob is written to <c>ingest</c>, synchronised, renamed and its directory synchronised: a crash leaves a whole blob or none.
/// </remarks>
public sealed class LocalContentStore : IContentStore
{
    private const string PartialSuffix = ".partial";

    private readonly string _blobs;
    private readonly string _ingest;
    private readonly Action<string> _synchronizeDirectory;
    private readonly HashSet<Digest> _transfers = [];
    private long _sequence;

    /// <param name="synchronizeDirectory">fsync of a directory, which the BCL does not offer.</param>
    public LocalContentStore(string root, Action<string> synchronizeDirectory, TimeProvider time)
    {
        _blobs = Path.Combine(root, "blobs");
        _ingest = Path.Combine(root, "ingest");
        _synchronizeDirectory = synchronizeDirectory;
        Directory.CreateDirectory(Path.Combine(_blobs, "sha256"));
        Directory.CreateDirectory(_ingest);
        RemoveLeftovers(time.GetUtcNow());
    }

    /// <summary>How long the beginning of a blob waits for its rest.</summary>
    public static TimeSpan PartialLifetime { get; } = TimeSpan.FromDays(1);

    public long? SizeOf(Digest digest)
    {
        var file = new FileInfo(PathOf(digest));
        return file.Exists ? file.Length : null;
    }

    public Stream OpenRead(Digest digest)
    {
        try
        {
            return new FileStream(PathOf(digest), new FileStreamOptions
            {
                Mode = FileMode.Open,
                Access = FileAccess.Read,
                Share = FileShare.Read | FileShare.Delete,
                BufferSize = 0,
            });
        }
        catch (DirectoryNotFoundException e)
        {
            throw new FileNotFoundException(e.Message, PathOf(digest), e);
        }
    }

    public Ingest BeginIngest(Digest? expected)
    {
        string path = Path.Combine(_ingest, Interlocked.Increment(ref _sequence).ToString(System.Globalization.CultureInfo.InvariantCulture));
        return new LocalIngest(this, path, expected, keep: false);
    }

    public PartialIngest ResumeIngest(Digest expected)
    {
        lock (_transfers)
        {
            if (!_transfers.Add(expected))
            {
                throw new InvalidOperationException($"{expected} is being transferred already");
            }
        }

        try
        {
            return new LocalIngest(this, PartialOf(expected), expected, keep: true);
        }
        catch
        {
            EndTransfer(expected);
            throw;
        }
    }

    public void ForgetPartial(Digest expected)
    {
        lock (_transfers)
        {
            if (!_transfers.Contains(expected))
            {
                File.Delete(PartialOf(expected));
            }
        }
    }

    public IEnumerable<Digest> Enumerate()
    {
        foreach (string directory in Directory.EnumerateDirectories(_blobs))
        {
            foreach (string file in Directory.EnumerateFiles(directory))
            {
                if (Digest.TryParse($"{Path.GetFileName(directory)}:{Path.GetFileName(file)}", out Digest digest))
                {
                    yield return digest;
                }
            }
        }
    }

    public void Delete(Digest digest)
    {
        string path = PathOf(digest);
        if (File.Exists(path))
        {
            File.Delete(path);
        }
    }

    internal void EndTransfer(Digest digest)
    {
        lock (_transfers)
        {
            _transfers.Remove(digest);
        }
    }

    /// <summary>The last step of a blob: its content is on the disk already.</summary>
    internal void Publish(string ingestPath, Digest digest)
    {
        string path = PathOf(digest);
        string directory = Path.GetDirectoryName(path)!;
        if (!Directory.Exists(directory))
        {
            Directory.CreateDirectory(directory);
            _synchronizeDirectory(_blobs);
        }

        File.Move(ingestPath, path, overwrite: true);
        _synchronizeDirectory(directory);
    }

    private string PartialOf(Digest digest) => Path.Combine(_ingest, digest.Hex + PartialSuffix);

    private string PathOf(Digest digest) => Path.Combine(_blobs, digest.Algorithm, digest.Hex);

    private void RemoveLeftovers(DateTimeOffset now)
    {
        foreach (FileInfo file in new DirectoryInfo(_ingest).EnumerateFiles())
        {
            if (file.Extension != PartialSuffix || now - file.LastWriteTimeUtc > PartialLifetime)
            {
                file.Delete();
            }
        }
    }
}
