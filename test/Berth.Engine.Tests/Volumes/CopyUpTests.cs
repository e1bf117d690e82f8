using Berth.Engine.Containers;
using Berth.Engine.Volumes;
using Berth.TestHost;

namespace Berth.Engine.Tests.Volumes;

public sealed class CopyUpTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly string _root;
    private readonly string _volume;

    public CopyUpTests()
    {
        _root = _scratch.File("root");
        _volume = _scratch.File("volume");
        Directory.CreateDirectory(_root);
        Directory.CreateDirectory(_volume);
    }

    [Fact]
    public void An_empty_volume_is_filled_with_what_the_image_has_there()
    {
        Directory.CreateDirectory(Path.Combine(_root, "data", "sub"));
        File.WriteAllText(Path.Combine(_root, "data", "sub", "file"), "content");

        Run(Mount);

        Assert.Equal("content", File.ReadAllText(Path.Combine(_volume, "sub", "file")));
    }

    [Fact]
    public void The_directory_s_own_mode_is_copied_though_it_is_empty()
    {
        Directory.CreateDirectory(Path.Combine(_root, "data"));
        File.SetUnixFileMode(Path.Combine(_root, "data"), (UnixFileMode)0b1_111_111_000);

        Run(Mount);

        Assert.Equal((UnixFileMode)0b1_111_111_000, File.GetUnixFileMode(_volume));
    }

    [Fact]
    public void A_volume_with_content_a_read_of_another_part_and_a_wish_not_to_copy_are_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(_root, "data"));
        File.WriteAllText(Path.Combine(_root, "data", "image"), "");

        Assert.False(CopyUp.IsNeeded([Mount with { CopyUp = false }]));
        Assert.False(CopyUp.IsNeeded([Mount with { Subpath = "part" }]));
        Assert.False(CopyUp.IsNeeded([Mount with { Type = "bind" }]));
        Assert.True(CopyUp.IsNeeded([Mount]));

        File.WriteAllText(Path.Combine(_volume, "own"), "");
        Assert.False(CopyUp.IsNeeded([Mount]));
        Run(Mount);
        Assert.Equal(["own"], Directory.GetFiles(_volume).Select(path => Path.GetFileName(path)));
    }

    [Fact]
    public void A_destination_that_the_image_does_not_have_is_no_error()
    {
        Run(Mount);

        Assert.Empty(Directory.GetFileSystemEntries(_volume));
    }

    [Fact]
    public void A_link_of_the_image_s_does_not_bring_the_host_s_files_in()
    {
        Directory.CreateDirectory(_scratch.File("secret"));
        File.WriteAllText(_scratch.File("secret/key"), "");
        File.CreateSymbolicLink(Path.Combine(_root, "data"), "../secret");

        Run(Mount);

        Assert.Empty(Directory.GetFileSystemEntries(_volume));
    }

    public void Dispose() => _scratch.Dispose();

    private ContainerMount Mount => new() { Type = "volume", Source = _volume, Destination = "/data", VolumeName = "v", CopyUp = true };

    private void Run(ContainerMount mount) => CopyUp.Run(_root, [mount]);
}
