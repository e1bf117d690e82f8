using Berth.Engine.Snapshots;
using Berth.Linux;
using Berth.Linux.Files;
using Berth.Oci.Layers;
using Berth.TestHost;
using Berth.TestHost.Fakes;
using Microsoft.Win32.SafeHandles;

namespace Berth.Engine.Tests.Snapshots;

public sealed class LayerApplierTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly string _layer;
    private readonly string _outside;

    public LayerApplierTests()
    {
        _layer = Directory.CreateDirectory(_scratch.File("layer")).FullName;
        _outside = Directory.CreateDirectory(_scratch.File("outside")).FullName;
        File.WriteAllText(Path.Combine(_outside, "secret"), "secret");
    }

    public void Dispose()
    {
        // by descriptors: the BCL cannot remove names that are no text
        FileCalls.RemoveTree(_layer);
        _scratch.Dispose();
    }

    [LinuxFact(Needs.Root)]
    public void Owners_modes_times_and_attributes_are_those_of_the_archive()
    {
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        new LayerBuilder()
            .Directory("var/", "2775", owner: 8)
            .File("var/tool", "x", "4755", owner: 33, new KeyValuePair<string, byte[]>("security.capability", capability))
            .ApplyTo(_layer);
        FileStatus directory = Status("var");
        FileStatus file = Status("var/tool");
        Assert.Equal((8u, 8u, Convert.ToInt32("2775", 8)), (directory.Uid, directory.Gid, directory.Permissions));
        Assert.Equal((33u, 33u, Convert.ToInt32("4755", 8)), (file.Uid, file.Gid, file.Permissions));
        Assert.Equal((1000, 1000), (directory.Modified.Seconds, file.Modified.Seconds));
        using SafeFileHandle parent = FileCalls.OpenDirectory(Path.Combine(_layer, "var"));
        Assert.Equal(capability, FileCalls.ExtendedAttribute(parent, "tool\0"u8, "security.capability\0"u8));
    }

    [LinuxFact(Needs.Root)]
    public void Every_kind_of_member_is_made()
    {
        new LayerBuilder()
            .File("file", "content").HardLink("hard", "file").SymbolicLink("soft", "file")
            .Node("fifo", LayerEntryType.Fifo).Node("null", LayerEntryType.CharacterDevice, 1, 3).Node("disk", LayerEntryType.BlockDevice, 259, 300)
            .ApplyTo(_layer);
        Assert.Equal(Status("file").Inode, Status("hard").Inode);
        Assert.Equal("file", new FileInfo(Path.Combine(_layer, "soft")).LinkTarget);
        Assert.Equal(FileKind.Fifo, Status("fifo").Kind);
        Assert.Equal((FileKind.CharacterDevice, 1u, 3u), (Status("null").Kind, Status("null").NodeMajor, Status("null").NodeMinor));
        Assert.Equal((FileKind.BlockDevice, 259u, 300u), (Status("disk").Kind, Status("disk").NodeMajor, Status("disk").NodeMinor));
    }

    [Theory]
    [InlineData("../escaped")]
    [InlineData("a/../../escaped")]
    [InlineData("/../escaped")]
    [InlineData("./a/b/../../../escaped")]
    public void A_name_that_leads_out_is_refused(string name)
    {
        LayerFormatException e = Assert.Throws<LayerFormatException>(() => new LayerBuilder().File(name, "x").ApplyTo(_layer));
        Assert.Contains("is outside of", e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.File("escaped")));
    }

    [Fact]
    public void An_absolute_name_is_inside()
    {
        new LayerBuilder().File("/etc/motd", "hello").ApplyTo(_layer);
        Assert.Equal("hello", File.ReadAllText(Path.Combine(_layer, "etc/motd")));
    }

    [Fact]
    public void Nothing_is_written_through_an_absolute_link()
    {
        new LayerBuilder().Directory("outside/").SymbolicLink("door", "/outside").File("door/planted", "x").ApplyTo(_layer);
        Assert.True(File.Exists(Path.Combine(_layer, "outside/planted")), "the link leads to the layer's own directory");
        Assert.False(File.Exists(Path.Combine(_outside, "planted")));
    }

    [Fact]
    public void Nothing_is_written_through_a_link_to_the_host()
    {
        LayerBuilder layer = new LayerBuilder().SymbolicLink("door", _outside).File("door/planted", "x");
        Assert.Throws<LinuxException>(() => layer.ApplyTo(_layer));
        Assert.Equal(["secret"], Directory.GetFiles(_outside).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../../../../../../../../../..")]
    [InlineData("../outside")]
    public void Nothing_is_written_through_a_link_that_climbs(string target)
    {
        LayerBuilder layer = new LayerBuilder().Directory("a/").SymbolicLink("a/up", target).File("a/up/outside/planted", "x").File("a/up/planted", "x");
        try
        {
            layer.ApplyTo(_layer);
        }
        catch (LinuxException)
        {
            // refused is fine too
        }

        Assert.Equal(["secret"], Directory.GetFiles(_outside).Select(Path.GetFileName));
        Assert.False(File.Exists(_scratch.File("planted")));
    }

    [Fact]
    public void A_file_takes_the_place_of_a_link_and_does_not_follow_it()
    {
        new LayerBuilder().SymbolicLink("target", Path.Combine(_outside, "secret")).File("target", "overwritten").ApplyTo(_layer);
        Assert.Equal("secret", File.ReadAllText(Path.Combine(_outside, "secret")));
        Assert.Equal("overwritten", File.ReadAllText(Path.Combine(_layer, "target")));
        Assert.Equal(FileKind.Regular, Status("target").Kind);
    }

    [Fact]
    public void A_directory_swapped_for_a_link_is_looked_up_anew()
    {
        LayerBuilder layer = new LayerBuilder()
            .Directory("etc/").File("etc/a", "a")
            .SymbolicLink("etc", _outside)
            .File("etc/b", "b");
        Assert.Throws<LinuxException>(() => layer.ApplyTo(_layer));
        Assert.Equal(["secret"], Directory.GetFiles(_outside).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("../outside/secret")]
    [InlineData("door/secret")]
    [InlineData("nothing")]
    [InlineData(".")]
    public void A_hard_link_to_what_is_not_in_the_layer_is_refused(string target)
    {
        LayerBuilder layer = new LayerBuilder().SymbolicLink("door", _outside).HardLink("stolen", target);
        Exception e = Assert.ThrowsAny<Exception>(() => layer.ApplyTo(_layer));
        Assert.True(e is LayerFormatException or LinuxException, e.ToString());
        Assert.Equal(1u, FileCalls.StatusOf(Path.Combine(_outside, "secret"))?.LinkCount);
    }

    [Fact]
    public void A_hard_link_to_a_link_links_the_link_itself()
    {
        new LayerBuilder().SymbolicLink("soft", Path.Combine(_outside, "secret")).HardLink("hard", "soft").ApplyTo(_layer);
        Assert.Equal(FileKind.SymbolicLink, Status("hard").Kind);
        Assert.Equal(1u, FileCalls.StatusOf(Path.Combine(_outside, "secret"))?.LinkCount);
    }

    [Fact]
    public void A_member_that_comes_twice_counts_as_it_came_last()
    {
        new LayerBuilder()
            .File("a", "first").File("a", "second")
            .Directory("b/").File("b/inner").File("b", "now a file")
            .File("c", "x").Directory("c/", "700")
            .ApplyTo(_layer);
        Assert.Equal("second", File.ReadAllText(Path.Combine(_layer, "a")));
        Assert.Equal("now a file", File.ReadAllText(Path.Combine(_layer, "b")));
        Assert.Equal((FileKind.Directory, Convert.ToInt32("700", 8)), (Status("c").Kind, Status("c").Permissions));
    }

    [Fact]
    public void A_directory_that_comes_twice_keeps_what_is_in_it()
    {
        new LayerBuilder().Directory("d/").File("d/kept", "x").Directory("d/", "711").ApplyTo(_layer);
        Assert.True(File.Exists(Path.Combine(_layer, "d/kept")));
        Assert.Equal(Convert.ToInt32("711", 8), Status("d").Permissions);
    }

    [Fact]
    public void A_file_in_the_way_of_a_directory_is_an_error_and_no_escape() =>
        Assert.Throws<LinuxException>(() => new LayerBuilder().File("a", "x").File("a/b", "y").ApplyTo(_layer));

    [LinuxFact(Needs.Root)]
    public void Deletions_become_overlayfs_marks()
    {
        new LayerBuilder().Directory("etc/").File("etc/.wh.passwd").File(".wh.gone").Directory("var/").File("var/.wh..wh..opq").ApplyTo(_layer);
        Assert.True(Status("etc/passwd").IsWhiteout);
        Assert.True(Status("gone").IsWhiteout);
        using SafeFileHandle root = FileCalls.OpenDirectory(_layer);
        Assert.True(OverlayMarks.IsOpaque(root, "var\0"u8));
        Assert.False(OverlayMarks.IsOpaque(root, "etc\0"u8));
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layer, ".wh.*", SearchOption.AllDirectories));
    }

    [LinuxTheory(Needs.Root)]
    [InlineData(true)]
    [InlineData(false)]
    public void A_directory_deleted_below_and_made_anew_hides_what_was_below(bool deletionFirst)
    {
        var layer = new LayerBuilder();
        _ = deletionFirst
            ? layer.File(".wh.d").Directory("d/").File("d/new", "x")
            : layer.Directory("d/").File("d/new", "x").File(".wh.d");
        layer.ApplyTo(_layer);
        using SafeFileHandle root = FileCalls.OpenDirectory(_layer);
        Assert.Equal(FileKind.Directory, Status("d").Kind);
        Assert.True(OverlayMarks.IsOpaque(root, "d\0"u8));
        Assert.True(File.Exists(Path.Combine(_layer, "d/new")));
    }

    [LinuxFact(Needs.Root)]
    public void A_deletion_and_a_new_file_of_the_same_name_leave_the_file()
    {
        new LayerBuilder().File("a", "new").File(".wh.a").File(".wh.b").File("b", "new").ApplyTo(_layer);
        Assert.Equal("new", File.ReadAllText(Path.Combine(_layer, "a")));
        Assert.Equal("new", File.ReadAllText(Path.Combine(_layer, "b")));
    }

    [LinuxFact(Needs.Root)]
    public void A_member_under_a_deleted_name_without_a_directory_of_its_own_hides_what_was_below()
    {
        new LayerBuilder().File(".wh.d").File("d/e/f", "x").ApplyTo(_layer);
        using SafeFileHandle root = FileCalls.OpenDirectory(_layer);
        Assert.True(OverlayMarks.IsOpaque(root, "d\0"u8));
        Assert.Equal("x", File.ReadAllText(Path.Combine(_layer, "d/e/f")));
    }

    [Theory]
    [InlineData(".wh.")]
    [InlineData(".wh..")]
    [InlineData(".wh...")]
    [InlineData("a/.wh...")]
    public void A_deletion_of_the_directory_itself_or_its_parent_is_refused(string name)
    {
        LayerFormatException e = Assert.Throws<LayerFormatException>(() => new LayerBuilder().File(name).ApplyTo(_layer));
        Assert.Contains("invalid whiteout name", e.Message, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_outside));
    }

    [Fact]
    public void Old_marks_of_AUFS_are_passed_over()
    {
        new LayerBuilder().File(".wh..wh.aufs").Directory(".wh..wh.plnk/").File(".wh..wh.plnk/123.4", "x").File("kept", "x").ApplyTo(_layer);
        Assert.Equal(["kept"], Directory.GetFileSystemEntries(_layer).Select(Path.GetFileName));
    }

    [LinuxFact(Needs.Root)]
    public void Attributes_that_steer_overlayfs_are_dropped()
    {
        new LayerBuilder().File("f", "x", attributes:
        [
            new("trusted.overlay.redirect", "/etc"u8.ToArray()), new("user.overlay.opaque", "y"u8.ToArray()), new("user.kept", "v"u8.ToArray()),
        ]).ApplyTo(_layer);
        using SafeFileHandle root = FileCalls.OpenDirectory(_layer);
        Assert.Equal(["user.kept"], FileCalls.ExtendedAttributeNames(root, "f\0"u8));
    }

    [Fact]
    public void Deletions_in_a_pile_delete()
    {
        new LayerBuilder().Directory("d/").File("d/a").File("d/b").Directory("e/").File("e/old").ApplyTo(_layer, WhiteoutStyle.Delete);
        new LayerBuilder().File("d/.wh.a").Directory("e/").File("e/.wh..wh..opq").File("e/new").ApplyTo(_layer, WhiteoutStyle.Delete);
        Assert.Equal(["b", "new"], Directory.GetFiles(_layer, "*", SearchOption.AllDirectories).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Directories_without_a_member_are_made_and_told_of()
    {
        AppliedLayer applied = new LayerBuilder().Directory("./").Directory("a/").File("a/b/c/d", "x").File("e/f", "12345").ApplyTo(_layer);
        Assert.Equal(["a/b", "a/b/c", "e"], applied.ImpliedDirectories.Select(p => FileCalls.Text(p)).Order());
        Assert.Equal(6, applied.SizeBytes);
    }

    [Fact]
    public void A_layer_without_a_member_for_its_root_tells_of_that() =>
        Assert.Equal(["."], new LayerBuilder().Directory("a/").ApplyTo(_layer).ImpliedDirectories.Select(p => FileCalls.Text(p)));

    [Fact]
    public void Names_that_are_no_text_are_kept_byte_for_byte()
    {
        byte[] name = [(byte)'n', 0xFF, 0xFE];
        new LayerBuilder().Add(new LayerEntry { Type = LayerEntryType.Regular, Name = name, Permissions = 420 }).ApplyTo(_layer);
        using SafeFileHandle root = FileCalls.OpenDirectory(_layer);
        Assert.Equal(name, Assert.Single(DirectoryReader.Read(root)).NameWithoutNul.ToArray());
    }

    [Fact]
    public void A_name_longer_than_any_path_is_refused() =>
        Assert.Throws<LayerFormatException>(() => new LayerBuilder().File(string.Concat(Enumerable.Repeat("d/", 3000)) + "f").ApplyTo(_layer));

    [Fact]
    public void Thousands_of_directories_do_not_use_up_descriptors()
    {
        var layer = new LayerBuilder();
        for (int i = 0; i < 3000; i++)
        {
            layer.File($"d{i}/f", "x");
        }

        layer.ApplyTo(_layer);
        Assert.Equal(3000, Directory.GetDirectories(_layer).Length);
    }

    private FileStatus Status(string name) => FileCalls.StatusOf(Path.Combine(_layer, name)) ?? throw new FileNotFoundException(name);
}
