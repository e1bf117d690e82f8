namespace Berth.TestHost;

/// <summary>A file system that is soon full: ext4 in a file. Disposing unmounts and removes it.</summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private SmallDisk()
    {
    }

    /// <summary>Where it is mounted.</summary>
    public string Path => _scratch.File("disk");

    public long FreeBytes => new DriveInfo(Path).AvailableFreeSpace;

    private string Filler => System.IO.Path.Combine(Path, "filler");

    public static async Task<SmallDisk> CreateAsync(int megabytes)
    {
        var disk = new SmallDisk();
        try
        {
            string image = disk._scratch.File("image");
            await using (FileStream file = File.Create(image))
            {
                file.SetLength((long)megabytes << 20);
            }

            // No blocks that only root may have: the tests are root, and "full" shall mean full.
            (await ChildProcess.RunAsync(Machine.FindOnPath("mkfs.ext4")!, ["-q", "-m", "0", image])).Succeeds();
            Directory.CreateDirectory(disk.Path);
            (await ChildProcess.RunAsync("mount", ["-o", "loop", image, disk.Path])).Succeeds();
            return disk;
        }
        catch
        {
            await disk.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes all space that is left, to the last block.</summary>
    public void Fill()
    {
        // One write call a megabyte, then a block each: what does not fit whole is not written.
        foreach (int size in (int[])[1 << 20, 4096])
        {
            using var file = new FileStream(Filler, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, BufferSize = 0 });
            byte[] zeros = new byte[size];
            try
            {
                while (true)
                {
                    file.Write(zeros);
                }
            }
            catch (IOException e) when (IsFull(e))
            {
                file.Flush(flushToDisk: true);
            }
        }
    }

    /// <summary>Gives back what <see cref="Fill"/> took.</summary>
    public void Free() => File.Delete(Filler);

    public async ValueTask DisposeAsync()
    {
        // The loop device goes with its last user. Lazy where a test has failed and somebody still holds the file system.
        CommandResult unmounted = await ChildProcess.RunAsync("umount", [Path]);
        if (unmounted.ExitCode != 0)
        {
            await ChildProcess.RunAsync("umount", ["-l", Path]);
        }

        _scratch.Dispose();
    }

    private static bool IsFull(IOException e)
    {
        const int ENOSPC = 28;
        return e.HResult == ENOSPC;
    }
}
