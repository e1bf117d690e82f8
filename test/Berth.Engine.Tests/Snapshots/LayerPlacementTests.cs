using Berth.Engine.Snapshots;
using Berth.TestHost;
using Microsoft.Extensions.Time.Testing;

namespace Berth.Engine.Tests.Snapshots;

public sealed class LayerPlacementTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();
    private readonly FakeTimeProvider _time = new();
    private int _names;

    public void Dispose() => _scratch.Dispose();

    /// <summary>Without the hint to ext4 all directories here are in one part of the disk.</summary>
    [Fact]
    public void After_a_removal_close_by_other_names_are_tried_and_nothing_of_them_stays()
    {
        var placement = new LayerPlacement(_time);
        string first = placement.MakeDirectory(Next);
        Assert.Equal(1, _names);
        placement.WillRemove(first);
        Directory.Delete(first);

        string second = placement.MakeDirectory(Next);
        Assert.InRange(_names, 2, 1 + 8);
        Assert.Equal([second], Directory.GetDirectories(_scratch.Path));
    }

    [Fact]
    public void A_removal_is_forgotten()
    {
        var placement = new LayerPlacement(_time);
        placement.WillRemove(placement.MakeDirectory(Next));
        _time.Advance(TimeSpan.FromMinutes(7));
        placement.MakeDirectory(Next);
        Assert.Equal(2, _names);
    }

    private string Next() => _scratch.File($"{++_names}");
}
