using Berth.Linux.Users;

namespace Berth.Linux.Tests.Users;

public sealed class AccountFileTests
{
    [Theory]
    [InlineData("alice:x:1000:100:Alice,,,:/home/alice:/bin/sh", "alice", 1000u, 100u, "/home/alice")]
    [InlineData("bare::5:6", "bare", 5u, 6u, "")]
    public void A_line_of_passwd_is_a_user(string line, string name, uint uid, uint gid, string home) =>
        Assert.Equal(new UserEntry(name, uid, gid, home), AccountFile.TryParseUser(line));

    [Theory]
    [InlineData("")]
    [InlineData("# comment: with: four: colons")]
    [InlineData(":x:0:0")]
    [InlineData("short:x:0")]
    [InlineData("minus:x:-1:0")]
    [InlineData("large:x:4294967295:0")]
    [InlineData("plus:x:+1:0")]
    [InlineData("space:x: 1:0")]
    public void What_is_no_entry_is_none(string line) => Assert.Null(AccountFile.TryParseUser(line));

    [Fact]
    public void A_line_of_group_has_members()
    {
        GroupEntry group = AccountFile.TryParseGroup("staff:x:50:alice,,bob,")!.Value;

        Assert.Equal(("staff", 50u), (group.Name, group.Gid));
        Assert.Equal(["alice", "bob"], group.Members);
    }

    [Fact]
    public void A_group_without_members_is_one() => Assert.Empty(AccountFile.TryParseGroup("empty:x:51:")!.Value.Members);

    [Theory]
    [InlineData("0", true)]
    [InlineData("2147483647", true)]
    [InlineData("2147483648", false)]
    [InlineData("0x10", false)]
    [InlineData("", false)]
    public void Ids_are_decimal_and_bounded(string text, bool valid) => Assert.Equal(valid, AccountFile.TryParseId(text, out _));
}
