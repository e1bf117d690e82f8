using Berth.Engine.Containers;
using Berth.Linux.Roots;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public sealed class WorkingDirectoryTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly string _root;

    public WorkingDirectoryTests()
    {
        _root = _scratch.File("root");
        Directory.CreateDirectory(_root);
    }

    [Fact]
    public void What_is_missing_is_made()
    {
        Ensure("/a/b/../c");

        Assert.True(Directory.Exists(Path.Combine(_root, "a/c")));
        Assert.False(Directory.Exists(Path.Combine(_root, "a/b")));
    }

    [Fact]
    public void A_link_leads_where_it_points_inside_the_root()
    {
        Directory.CreateDirectory(Path.Combine(_root, "var"));
        File.CreateSymbolicLink(Path.Combine(_root, "var/run"), "/run");

        Ensure("/var/run/app");

        Assert.True(Directory.Exists(Path.Combine(_root, "run/app")));
    }

    [Theory]
    [InlineData("../../outside")]
    [InlineData("/../../../outside")]
    public void A_link_that_points_out_makes_nothing_outside(string target)
    {
        File.CreateSymbolicLink(Path.Combine(_root, "work"), target);

        Ensure("/work/dir");

        Assert.True(Directory.Exists(Path.Combine(_root, "outside/dir")));
        Assert.False(Directory.Exists(_scratch.File("outside")));
        Assert.Equal([_root], Directory.GetFileSystemEntries(_scratch.Path));
    }

    [Fact]
    public void A_file_in_its_place_is_an_error()
    {
        File.WriteAllText(Path.Combine(_root, "work"), "");

        Assert.Equal("Cannot mkdir: /work/dir is not a directory", Assert.Throws<EngineException>(() => Ensure("/work/dir")).Message);
    }

    [Fact]
    public void Links_in_a_circle_end()
    {
        File.CreateSymbolicLink(Path.Combine(_root, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(_root, "b"), "a");

        Assert.Throws<EngineException>(() => Ensure("/a/dir"));
    }

    public void Dispose() => _scratch.Dispose();

    private void Ensure(string path)
    {
        using RootDirectory root = RootDirectory.Open(_root);
        WorkingDirectory.Ensure(root, path);
    }
}
