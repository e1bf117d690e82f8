using Berth.Linux.Roots;
using Berth.TestHost;
using Microsoft.Win32.SafeHandles;

namespace Berth.Linux.Tests.Roots;

public sealed class RootDirectoryTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly string _path;

    public RootDirectoryTests()
    {
        _path = _scratch.File("root");
        Directory.CreateDirectory(Path.Combine(_path, "etc"));
        File.WriteAllText(Path.Combine(_path, "etc", "file"), "inside");
        File.WriteAllText(_scratch.File("file"), "outside");
    }

    [Theory]
    [InlineData("/etc/file")]
    [InlineData("etc/file")]
    [InlineData("/../../etc/file")]
    public void A_file_is_opened_inside(string path) => Assert.Equal("inside", Read(path));

    [Fact]
    public void Links_are_resolved_against_the_root()
    {
        File.CreateSymbolicLink(Path.Combine(_path, "absolute"), "/etc/file");
        File.CreateSymbolicLink(Path.Combine(_path, "upward"), "../../../../etc/file");

        Assert.Equal("inside", Read("/absolute"));
        Assert.Equal("inside", Read("/upward"));
    }

    [Fact]
    public void What_is_not_inside_is_not_there()
    {
        File.CreateSymbolicLink(Path.Combine(_path, "out"), "../file");
        File.CreateSymbolicLink(Path.Combine(_path, "self"), "/proc/self/root");

        Assert.Null(Read("/../file"));
        Assert.Null(Read("/out"));
        Assert.Null(Read("/self/etc/file"));
        Assert.Null(Read("/etc/file/beyond"));
    }

    [Fact]
    public void A_directory_is_no_file()
    {
        Assert.Null(Read("/etc"));
        using RootDirectory root = RootDirectory.Open(_path);
        Assert.Null(root.TryOpenDirectory("/etc/file"));
        using SafeFileHandle? directory = root.TryOpenDirectory("/etc");
        Assert.NotNull(directory);
    }

    public void Dispose() => _scratch.Dispose();

    private string? Read(string path)
    {
        using RootDirectory root = RootDirectory.Open(_path);
        using SafeFileHandle? file = root.TryOpenFile(path);
        if (file is null)
        {
            return null;
        }

        using var stream = new FileStream(file, FileAccess.Read);
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
