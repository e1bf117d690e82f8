using System.Text;
using Berth.Oci.Layers;

namespace Berth.Oci.Tests.Layers;

public sealed class LayerRoundTripTests
{
    [Theory]
    [InlineData("a")]
    [InlineData("usr/bin/env")]
    [InlineData("日本語/ファイル")]
    public void Names_come_back(string name) => Assert.Equal(name, RoundTrip(LayerArchive.File(name)).NameText);

    [Theory]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(155)]
    [InlineData(256)]
    [InlineData(257)]
    [InlineData(3000)]
    public void Long_names_come_back(int length)
    {
        string flat = new('n', length);
        string deep = string.Join('/', Enumerable.Repeat(new string('d', 49), (length / 50) + 1))[..length].TrimEnd('/');
        Assert.Equal(flat, RoundTrip(LayerArchive.File(flat)).NameText);
        Assert.Equal(deep, RoundTrip(LayerArchive.File(deep)).NameText);
    }

    [Fact]
    public void Names_that_are_no_UTF8_come_back_byte_for_byte()
    {
        byte[] name = [.. Encoding.ASCII.GetBytes(new string('x', 120)), 0xFF, 0xFE, (byte)'/', 0xC0];
        Assert.Equal(name, RoundTrip(LayerArchive.File("x") with { Name = name }).Name);
    }

    [Fact]
    public void Long_link_targets_come_back()
    {
        byte[] target = Encoding.ASCII.GetBytes("../" + new string('t', 400));
        LayerEntry link = LayerArchive.File("link") with { Type = LayerEntryType.SymbolicLink, LinkName = target };
        Assert.Equal(target, RoundTrip(link).LinkName);
    }

    [Fact]
    public void Binary_attribute_values_come_back_byte_for_byte()
    {
        byte[] capability = [1, 0, 0, 2, 0, 0x20, 0, 0, 0, 0, 0, 0xFF, (byte)'\n', (byte)'=', 0, 0];
        LayerEntry entry = RoundTrip(LayerArchive.File("ping") with
        {
            ExtendedAttributes = [new("user.empty-ish", "x"u8.ToArray()), new("security.capability", capability)],
        });
        Assert.Equal(capability, entry.ExtendedAttributes.Single(a => a.Key == "security.capability").Value);
        Assert.Equal("x"u8.ToArray(), entry.ExtendedAttributes.Single(a => a.Key == "user.empty-ish").Value);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(1700000000, 0)]
    [InlineData(1700000000, 123456789)]
    [InlineData(1700000000, 100000000)]
    [InlineData(-1, 500000000)]
    [InlineData(-1000000, 0)]
    [InlineData(99999999999, 1)]
    public void Times_come_back_to_the_nanosecond(long seconds, int nanoseconds)
    {
        LayerEntry entry = RoundTrip(LayerArchive.File("t") with { ModifiedSeconds = seconds, ModifiedNanoseconds = nanoseconds });
        Assert.Equal((seconds, nanoseconds), (entry.ModifiedSeconds, entry.ModifiedNanoseconds));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(2097151u)]
    [InlineData(2097152u)]
    [InlineData(4294967294u)]
    public void Owners_come_back(uint id)
    {
        LayerEntry entry = RoundTrip(LayerArchive.File("o") with { Uid = id, Gid = id });
        Assert.Equal((id, id), (entry.Uid, entry.Gid));
    }

    [Fact]
    public void Devices_and_special_modes_come_back()
    {
        LayerEntry device = RoundTrip(new LayerEntry
        {
            Type = LayerEntryType.BlockDevice, Name = "dev/sda"u8.ToArray(), DeviceMajor = 8, DeviceMinor = 1234567, Permissions = Convert.ToInt32("660", 8),
        });
        Assert.Equal((8u, 1234567u), (device.DeviceMajor, device.DeviceMinor));
        Assert.Equal(Convert.ToInt32("6755", 8), RoundTrip(LayerArchive.File("su") with { Permissions = Convert.ToInt32("6755", 8) }).Permissions);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(10000)]
    public void Content_comes_back_however_the_bytes_arrive(int readSize)
    {
        byte[] big = new byte[3_000_001];
        new Random(1).NextBytes(big);
        byte[] archive = LayerArchive.Write(
            (LayerArchive.File("empty"), []), (LayerArchive.File("block"), new byte[512]), (LayerArchive.File("big"), readSize == 1 ? big[..5000] : big),
            (LayerArchive.File("last"), "end"u8.ToArray()));
        List<(LayerEntry Entry, byte[] Content)> members = LayerArchive.Read(archive, readSize);
        Assert.Equal(["empty", "block", "big", "last"], members.Select(m => m.Entry.NameText));
        Assert.Equal(readSize == 1 ? big[..5000] : big, members[2].Content);
        Assert.Equal("end"u8.ToArray(), members[3].Content);
    }

    [Fact]
    public void Unread_content_is_skipped()
    {
        byte[] archive = LayerArchive.Write((LayerArchive.File("a"), new byte[100_000]), (LayerArchive.File("b"), "b"u8.ToArray()));
        var reader = new LayerReader(new MemoryStream(archive));
        Assert.Equal("a", reader.Next()?.NameText);
        reader.ReadContent(out _);
        Assert.Equal("b", reader.Next()?.NameText);
        Assert.Null(reader.Next());
    }

    [Fact]
    public void The_same_members_make_the_same_bytes()
    {
        (LayerEntry, byte[])[] members = [(LayerArchive.File(new string('p', 300)) with { Uid = 3_000_000 }, "x"u8.ToArray())];
        Assert.Equal(LayerArchive.Write(members), LayerArchive.Write(members));
    }

    [Fact]
    public void More_or_less_content_than_was_said_is_refused()
    {
        var writer = new LayerWriter(new MemoryStream());
        writer.WriteEntry(LayerArchive.File("f") with { Size = 3 });
        Assert.Throws<InvalidOperationException>(() => writer.WriteContent("four"u8));
        writer.WriteContent("ab"u8);
        Assert.Throws<InvalidOperationException>(writer.Finish);
    }

    private static LayerEntry RoundTrip(LayerEntry entry)
    {
        List<(LayerEntry Entry, byte[] Content)> members = LayerArchive.Read(LayerArchive.Write((entry, [])));
        return Assert.Single(members).Entry;
    }
}
