using Berth.Engine.Containers;
using Berth.Linux.Roots;
using Berth.Linux.Users;
using Berth.Oci.RuntimeSpec;
using Berth.TestHost;

namespace Berth.Engine.Tests.Containers;

public sealed class ContainerUserTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public ContainerUserTests()
    {
        Write("passwd", """
            root:x:0:0:root:/root:/bin/sh
            # a remark
            broken
            1000:x:0:0:looks like a number, is root:/root:/bin/sh
            alice:x:1000:100:Alice:/home/alice:/bin/sh
            bob:x:1001:101::/home/bob:/bin/sh
            """);
        Write("group", """
            root:x:0:
            staff:x:50:alice,bob
            wheel:x:10:alice
            daemon:x:2:root,bin
            """);
    }

    [Theory]
    [InlineData("", 0, 0, new uint[] { 0, 2 })]
    [InlineData("root", 0, 0, new uint[] { 0, 2 })]
    [InlineData("alice", 1000, 100, new uint[] { 100, 50, 10 })]
    [InlineData("1001", 1001, 101, new uint[] { 101, 50 })]
    [InlineData("alice:wheel", 1000, 10, new uint[] { 10 })]
    [InlineData("alice:7", 1000, 7, new uint[] { 7 })]
    [InlineData("4711", 4711, 0, new uint[] { 0 })]
    [InlineData("4711:4712", 4711, 4712, new uint[] { 4712 })]
    [InlineData(":wheel", 0, 10, new uint[] { 10 })]
    public void A_user_is_looked_up_in_the_container_s_own_files(string user, uint uid, uint gid, uint[] groups)
    {
        RuntimeUser resolved = Resolve(user);

        Assert.Equal((uid, gid), (resolved.Uid, resolved.Gid));
        Assert.Equal(groups, resolved.AdditionalGids);
    }

    [Fact]
    public void A_number_stays_that_number_though_a_name_looks_like_it() => Assert.Equal(1000u, Resolve("1000").Uid);

    [Fact]
    public void Groups_to_add_follow_the_user_s()
    {
        Assert.Equal([101, 50, 10, 4711], Resolve("bob", "wheel", "4711", "staff").AdditionalGids);
    }

    [Theory]
    [InlineData("carol", "unable to find user carol: no matching entries in passwd file")]
    [InlineData("alice:nobody", "unable to find group nobody: no matching entries in group file")]
    [InlineData("4294967296", "uids and gids must be in range 0-2147483647")]
    [InlineData("2147483648", "uids and gids must be in range 0-2147483647")]
    [InlineData("99999999999999999999999999", "uids and gids must be in range 0-2147483647")]
    [InlineData("1:4294967296", "uids and gids must be in range 0-2147483647")]
    [InlineData("-1", "unable to find user -1: no matching entries in passwd file")]
    public void Who_is_not_there_is_not_made_up(string user, string sentence) =>
        Assert.Equal(sentence, Assert.Throws<EngineException>(() => Resolve(user)).Message);

    [Fact]
    public void A_group_to_add_has_to_be_there() =>
        Assert.Equal("unable to find group nobody: no matching entries in group file", Assert.Throws<EngineException>(() => Resolve("", "nobody")).Message);

    [Fact]
    public void Without_the_files_there_is_root_and_there_are_numbers()
    {
        File.Delete(_scratch.File("etc/passwd"));
        File.Delete(_scratch.File("etc/group"));

        Assert.Equal((0u, 0u), (Resolve("").Uid, Resolve("").Gid));
        Assert.Equal(33u, Resolve("33").Uid);
    }

    [Fact]
    public void A_link_out_of_the_root_is_not_followed()
    {
        File.Delete(_scratch.File("etc/passwd"));
        File.CreateSymbolicLink(_scratch.File("etc/passwd"), "../../../../../../etc/passwd");

        // the link names itself, seen from within
        Assert.Throws<EngineException>(() => Resolve("daemon"));
    }

    [Fact]
    public void A_link_within_the_root_is_followed()
    {
        Directory.CreateDirectory(_scratch.File("usr"));
        File.Move(_scratch.File("etc/passwd"), _scratch.File("usr/passwd"));
        File.CreateSymbolicLink(_scratch.File("etc/passwd"), "/usr/passwd");

        Assert.Equal(1000u, Resolve("alice").Uid);
    }

    [Fact]
    public void Files_beyond_all_bounds_are_refused_not_read()
    {
        using (FileStream group = File.Create(_scratch.File("etc/group")))
        {
            group.SetLength(AccountFile.MaximumSize + 1L);
        }

        Assert.Contains("longer than", Assert.Throws<EngineException>(() => Resolve("alice")).Message, StringComparison.Ordinal);

        File.WriteAllLines(_scratch.File("etc/group"), Enumerable.Repeat(new string('x', 1000), AccountFile.MaximumSize / 1000));
        Assert.Contains("larger than", Assert.Throws<EngineException>(() => Resolve("alice")).Message, StringComparison.Ordinal);
    }

    [LinuxFact(Needs.Root)]
    public void A_fifo_in_place_of_a_file_does_not_keep_us_waiting()
    {
        File.Delete(_scratch.File("etc/passwd"));
        using RootDirectory root = RootDirectory.Open(_scratch.Path);
        using var etc = Linux.Files.FileCalls.OpenDirectory(_scratch.File("etc"));
        Assert.Equal(0, Linux.Files.FileCalls.TryMakeNode(etc, "passwd\0"u8, Linux.Files.FileKind.Fifo, 0b110_110_110, 0, 0));

        Assert.Equal(0u, Resolve("").Uid);
    }

    public void Dispose() => _scratch.Dispose();

    private RuntimeUser Resolve(string user, params string[] groups)
    {
        using RootDirectory root = RootDirectory.Open(_scratch.Path);
        return ContainerUser.Resolve(root, user, groups);
    }

    private void Write(string name, string content)
    {
        Directory.CreateDirectory(_scratch.File("etc"));
        File.WriteAllText(_scratch.File($"etc/{name}"), content);
    }
}
