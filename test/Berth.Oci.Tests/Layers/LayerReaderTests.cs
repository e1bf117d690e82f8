using System.Diagnostics;
using System.Text;
using Berth.Oci.Layers;
using Berth.TestHost;

namespace Berth.Oci.Tests.Layers;

/// <summary>Archives that another program wrote, and archives that nobody should have written.</summary>
public sealed class LayerReaderTests
{
    [Theory]
    [InlineData("ustar")]
    [InlineData("gnu")]
    [InlineData("posix")]
    [InlineData("oldgnu")]
    [InlineData("v7")]
    public void GNU_tar_is_understood_in_every_format(string format)
    {
        using var scratch = new ScratchDirectory();
        string name = format is "ustar" or "v7" ? "short" : new string('l', 180);
        File.WriteAllText(scratch.File(name), "content");
        File.CreateSymbolicLink(scratch.File("link"), name);
        Directory.CreateDirectory(scratch.File("dir"));
        List<(LayerEntry Entry, byte[] Content)> members = LayerArchive.Read(Tar(scratch, $"--format={format}", name, "link", "dir"));
        Assert.Equal([name, "link", "dir/"], members.Select(m => m.Entry.NameText));
        Assert.Equal([LayerEntryType.Regular, LayerEntryType.SymbolicLink, LayerEntryType.Directory], members.Select(m => m.Entry.Type));
        Assert.Equal("content", Encoding.ASCII.GetString(members[0].Content));
        Assert.Equal(name, members[1].Entry.LinkNameText);
    }

    [Theory]
    [InlineData("--format=gnu")]
    [InlineData("--format=posix --sparse-version=0.0")]
    [InlineData("--format=posix --sparse-version=0.1")]
    [InlineData("--format=posix --sparse-version=1.0")]
    public void Sparse_files_keep_their_holes(string options)
    {
        using var scratch = new ScratchDirectory();
        byte[] expected = new byte[20 << 20];
        using (FileStream file = File.Create(scratch.File("sparse")))
        {
            // more runs than fit into one header of GNU's old format
            for (int i = 0; i < 40; i++)
            {
                byte[] run = Encoding.ASCII.GetBytes($"run {i} " + new string('x', 5000));
                file.Position = i * (512 << 10);
                file.Write(run);
                run.CopyTo(expected, i * (512 << 10));
            }

            file.SetLength(expected.Length);
        }

        byte[] archive = Tar(scratch, ["-S", .. options.Split(' '), "sparse"]);
        Assert.True(archive.Length < 2 << 20, "tar did not store the file as sparse");
        (LayerEntry entry, byte[] content) = Assert.Single(LayerArchive.Read(archive));
        Assert.Equal("sparse", entry.NameText);
        Assert.Equal(expected.Length, entry.Size);
        Assert.NotNull(entry.Segments);
        Assert.True(entry.Segments.Count >= 40);
        Assert.Equal(expected, content);
    }

    [Fact]
    public void Hard_links_and_times_of_GNU_tar_are_understood()
    {
        using var scratch = new ScratchDirectory();
        File.WriteAllText(scratch.File("a"), "x");
        File.SetLastWriteTimeUtc(scratch.File("a"), new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc).AddTicks(1234567));
        Run(scratch, "ln", "a", "b");
        List<(LayerEntry Entry, byte[] Content)> members = LayerArchive.Read(Tar(scratch, "--format=posix", "a", "b"));
        Assert.Equal(LayerEntryType.HardLink, members[1].Entry.Type);
        Assert.Equal("a", members[1].Entry.LinkNameText);
        Assert.Equal(123456700, members[0].Entry.ModifiedNanoseconds);
    }

    [Fact]
    public void A_damaged_header_is_refused()
    {
        byte[] archive = LayerArchive.Write((LayerArchive.File("f"), "x"u8.ToArray()));
        archive[0] ^= 1;
        Assert.Throws<LayerFormatException>(() => LayerArchive.Read(archive));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(600)]
    [InlineData(1400)]
    public void An_archive_that_ends_too_soon_is_refused(int length)
    {
        byte[] archive = LayerArchive.Write((LayerArchive.File("f"), new byte[2000]));
        Assert.Equal("unexpected EOF", Assert.Throws<LayerFormatException>(() => LayerArchive.Read(archive[..length])).Message);
    }

    [Fact]
    public void An_archive_without_end_marks_is_accepted()
    {
        byte[] archive = LayerArchive.Write((LayerArchive.File("f"), "x"u8.ToArray()));
        Assert.Single(LayerArchive.Read(archive[..1024]));
        Assert.Empty(LayerArchive.Read([]));
    }

    [Fact]
    public void What_follows_the_end_marks_is_read_but_is_no_member()
    {
        byte[] archive = [.. LayerArchive.Write((LayerArchive.File("f"), [])), .. LayerArchive.Write((LayerArchive.File("hidden"), []))];
        var stream = new MemoryStream(archive);
        var reader = new LayerReader(stream);
        Assert.Equal("f", reader.Next()?.NameText);
        Assert.Null(reader.Next());
        Assert.Null(reader.Next());
        reader.Drain();
        Assert.Equal(archive.Length, stream.Position);
    }

    [Theory]
    [InlineData('x')]
    [InlineData('g')]
    [InlineData('L')]
    [InlineData('K')]
    public void A_header_of_headers_may_not_be_endless(char type)
    {
        byte[] archive = LayerArchive.Write((LayerArchive.File("long") with { Type = LayerEntryType.Regular }, new byte[(1 << 20) + 1]));
        Retype(archive, (byte)type);
        Assert.Throws<LayerFormatException>(() => LayerArchive.Read(archive));
    }

    [Theory]
    [InlineData("7 a=b\n")]
    [InlineData("6 a=b")]
    [InlineData("99 a=b\n")]
    [InlineData("5 =b\n")]
    [InlineData("x a=b\n")]
    [InlineData("-1 a=b\n")]
    [InlineData("12 size=-1\n")]
    [InlineData("12 uid=abc\n")]
    [InlineData("23 uid=99999999999999\n")]
    [InlineData("13 mtime=1.x\n")]
    public void Malformed_records_are_refused(string records)
    {
        byte[] archive = [.. LayerArchive.Write((LayerArchive.File("pax"), Encoding.ASCII.GetBytes(records)))[..1024], .. LayerArchive.Write((LayerArchive.File("f"), []))];
        Retype(archive, (byte)'x');
        Assert.Throws<LayerFormatException>(() => LayerArchive.Read(archive));
    }

    [Theory]
    [InlineData("0,10,5,10")]
    [InlineData("0,1000000000")]
    [InlineData("10,-1")]
    [InlineData("9223372036854775807,2")]
    [InlineData("0")]
    [InlineData("0,1,a,b")]
    public void A_sparse_map_that_lies_is_refused(string map)
    {
        string records = Record("GNU.sparse.size", "1024") + Record("GNU.sparse.map", map);
        byte[] archive = [.. LayerArchive.Write((LayerArchive.File("pax"), Encoding.ASCII.GetBytes(records)))[..1024], .. LayerArchive.Write((LayerArchive.File("f"), new byte[20]))];
        Retype(archive, (byte)'x');
        Assert.Throws<LayerFormatException>(() => LayerArchive.Read(archive));
    }

    [Fact]
    public void An_unknown_type_of_member_is_refused()
    {
        byte[] archive = LayerArchive.Write((LayerArchive.File("f"), []));
        Retype(archive, (byte)'Z');
        Assert.Throws<LayerFormatException>(() => LayerArchive.Read(archive));
    }

    [Fact]
    public void Whatever_garbage_comes_it_ends_in_one_kind_of_exception()
    {
        byte[] archive = LayerArchive.Write((LayerArchive.File(new string('n', 200)) with { ModifiedNanoseconds = 5 }, "some content"u8.ToArray()));
        var random = new Random(42);
        for (int i = 0; i < 3000; i++)
        {
            byte[] damaged = [.. archive];
            for (int flips = random.Next(1, 6); flips > 0; flips--)
            {
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            }

            for (int block = 0; block + 512 <= damaged.Length; block += 512)
            {
                FixChecksum(damaged, block);
            }

            try
            {
                LayerArchive.Read(damaged);
            }
            catch (Exception e) when (e is LayerFormatException or OverflowException or OutOfMemoryException or ArgumentException)
            {
                Assert.True(e is LayerFormatException || IsFromTest(e), e.ToString());
            }
        }
    }

    /// <summary>The test itself makes an array of the size that a damaged header says.</summary>
    private static bool IsFromTest(Exception e) => new StackTrace(e).GetFrame(0)?.GetMethod()?.DeclaringType == typeof(LayerArchive)
        || e.StackTrace?.Split('\n')[0].Contains(nameof(LayerArchive), StringComparison.Ordinal) == true
        || e.StackTrace?.Split('\n').FirstOrDefault(l => l.Contains("Berth", StringComparison.Ordinal))?.Contains(nameof(LayerArchive), StringComparison.Ordinal) == true;

    private static string Record(string key, string value)
    {
        int length = key.Length + value.Length + 3;
        while ($"{length} {key}={value}\n".Length != length)
        {
            length = $"{length} {key}={value}\n".Length;
        }

        return $"{length} {key}={value}\n";
    }

    private static void Retype(byte[] archive, byte type)
    {
        archive[156] = type;
        FixChecksum(archive, 0);
    }

    private static void FixChecksum(byte[] archive, int at)
    {
        Span<byte> header = archive.AsSpan(at, 512);
        header.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in header)
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(header[148..]);
    }

    private static byte[] Tar(ScratchDirectory scratch, params string[] arguments)
    {
        Run(scratch, "tar", ["-cf", "archive.tar", .. arguments]);
        return File.ReadAllBytes(scratch.File("archive.tar"));
    }

    private static void Run(ScratchDirectory scratch, string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = scratch.Path })!;
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
