using System.Text;
using Berth.Runtime.Output;
using Berth.TestHost;

namespace Berth.Runtime.Tests.Output;

public sealed class JsonFileLogTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private string LogPath => _scratch.File("c-json.log");

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("tab\tand \u0001", "tab\\u0009and \\u0001")]
    [InlineData("\"quoted\" \\ <a&b>\r", "\\\"quoted\\\" \\\\ \\u003ca\\u0026b\\u003e\\r")]
    [InlineData("grüße 🚢", "grüße 🚢")]
    [InlineData("\u2028\u2029", "\\u2028\\u2029")]
    [InlineData("\u007f", "\u007f")]
    public void Text_is_escaped_as_docker_does(string text, string escaped)
    {
        using (JsonFileLog log = Open())
        {
            log.Write(OutputStream.Stdout, Encoding.UTF8.GetBytes(text + "\n"));
        }

        Assert.StartsWith($"{{\"log\":\"{escaped}\\n\",\"stream\":\"stdout\",\"time\":\"", File.ReadAllText(LogPath), StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_no_text_are_replaced_one_by_one()
    {
        using (JsonFileLog log = Open())
        {
            log.Write(OutputStream.Stderr, [0xff, (byte)'a', 0xe2, 0x82, (byte)'\n']);
        }

        Assert.StartsWith("{\"log\":\"\\ufffda\\ufffd\\ufffd\\n\",\"stream\":\"stderr\"", File.ReadAllText(LogPath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_line_that_comes_in_pieces_is_one_entry()
    {
        using JsonFileLog log = Open();
        log.Write(OutputStream.Stdout, "one "u8);
        log.Write(OutputStream.Stderr, "other\n"u8);
        log.Write(OutputStream.Stdout, "two\nthree"u8);
        Assert.Equal([(OutputStream.Stderr, "other\n"), (OutputStream.Stdout, "one two\n")], Read());
        log.End(OutputStream.Stdout);
        Assert.Equal((OutputStream.Stdout, "three"), Read()[^1]);
    }

    [Fact]
    public void An_empty_line_is_an_entry()
    {
        using JsonFileLog log = Open();
        log.Write(OutputStream.Stdout, "\n"u8);
        Assert.Equal([(OutputStream.Stdout, "\n")], Read());
    }

    [Theory]
    [InlineData(16383, new[] { 16384 })]
    [InlineData(16384, new[] { 16384, 1 })]
    [InlineData(40000, new[] { 16384, 16384, 7233 })]
    public void A_long_line_is_cut_every_16_KiB_and_only_its_last_piece_has_the_newline(int length, int[] pieces)
    {
        using (JsonFileLog log = Open())
        {
            byte[] line = Encoding.ASCII.GetBytes(new string('x', length) + "\n");
            log.Write(OutputStream.Stdout, line.AsSpan(0, 100));
            log.Write(OutputStream.Stdout, line.AsSpan(100));
        }

        List<(OutputStream, string Line)> entries = Read();
        Assert.Equal(pieces, entries.Select(entry => entry.Line.Length));
        Assert.All(entries.SkipLast(1), entry => Assert.DoesNotContain('\n', entry.Line));
        Assert.EndsWith("\n", entries[^1].Line, StringComparison.Ordinal);
    }

    [Fact]
    public void No_character_is_cut_where_a_long_line_is()
    {
        string line = "x" + string.Concat(Enumerable.Repeat("🚢", 10_000));
        using (JsonFileLog log = Open())
        {
            log.Write(OutputStream.Stdout, Encoding.UTF8.GetBytes(line + "\n"));
        }

        Assert.Equal(line + "\n", string.Concat(Read().Select(entry => entry.Line)));
    }

    [Fact]
    public void A_full_file_is_renamed_and_the_oldest_dropped()
    {
        using (JsonFileLog log = Open(maxSizeBytes: 1000, maxFiles: 3))
        {
            for (int i = 0; i < 100; i++)
            {
                log.Write(OutputStream.Stdout, Encoding.ASCII.GetBytes($"line {i}\n"));
            }
        }

        Assert.Equal(["c-json.log", "c-json.log.1", "c-json.log.2"], Directory.GetFiles(_scratch.Path).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.InRange(new FileInfo(LogPath + ".1").Length, 1000, 1100);

        // What is left is the end, without a hole.
        List<(OutputStream, string Line)> entries = Read();
        Assert.Equal(Enumerable.Range(100 - entries.Count, entries.Count).Select(i => $"line {i}\n"), entries.Select(entry => entry.Line));
    }

    [Fact]
    public void Where_one_file_is_kept_it_begins_anew()
    {
        using JsonFileLog log = Open(maxSizeBytes: 1000, maxFiles: 1);
        for (int i = 0; i < 100; i++)
        {
            log.Write(OutputStream.Stdout, Encoding.ASCII.GetBytes($"line {i}\n"));
        }

        Assert.Single(Directory.GetFiles(_scratch.Path));
        Assert.Equal("line 99\n", Read()[^1].Line);
        Assert.InRange(new FileInfo(LogPath).Length, 1, 1100);
    }

    [Fact]
    public void A_restart_goes_on_in_the_same_file_and_on_a_line_of_its_own()
    {
        File.WriteAllText(LogPath, "{\"log\":\"before\\n\",\"stream\":\"stdout\",\"time\":\"2026-01-01T00:00:00Z\"}\n{\"log\":\"torn");
        using (JsonFileLog log = Open())
        {
            log.Write(OutputStream.Stdout, "after\n"u8);
        }

        Assert.Equal(["before\n", "after\n"], Read().Select(entry => entry.Line));
    }

    [Fact]
    public void Attributes_stand_in_every_entry()
    {
        using (JsonFileLog log = new(LogPath, -1, 1, "{\"tag\":\"a/b\"}"))
        {
            log.Write(OutputStream.Stdout, "x\n"u8);
        }

        Assert.StartsWith("{\"log\":\"x\\n\",\"stream\":\"stdout\",\"attrs\":{\"tag\":\"a/b\"},\"time\":\"", File.ReadAllText(LogPath), StringComparison.Ordinal);
    }

    [Fact]
    public void A_full_disk_loses_entries_but_stops_nobody()
    {
        using JsonFileLog log = new("/dev/full", -1, 1, "");
        log.Write(OutputStream.Stdout, "lost\n"u8);
        log.Write(OutputStream.Stdout, "lost too\n"u8);
        Assert.True(log.LostBytes > 100);
    }

    private JsonFileLog Open(long maxSizeBytes = -1, int maxFiles = 1) => new(LogPath, maxSizeBytes, maxFiles, "");

    private List<(OutputStream Stream, string Line)> Read() =>
        LogReaderTests.ReadAll(LogPath, new LogQuery()).Select(entry => (entry.Stream, entry.Line)).ToList();
}
