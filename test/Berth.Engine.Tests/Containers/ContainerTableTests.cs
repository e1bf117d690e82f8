using Berth.Engine.Containers;

namespace Berth.Engine.Tests.Containers;

public class ContainerTableTests
{
    private readonly ContainerTable _table = new();

    [Fact]
    public void A_container_is_found_by_id_name_name_with_slash_and_unique_prefix()
    {
        Container container = Add("abc1", "web");

        Assert.Same(container, _table.Get(container.Id));
        Assert.Same(container, _table.Get("web"));
        Assert.Same(container, _table.Get("/web"));
        Assert.Same(container, _table.Get("abc"));
    }

    [Fact]
    public void What_is_not_there_is_refused_in_dockers_words()
    {
        EngineException refusal = Assert.Throws<EngineException>(() => _table.Get("nosuch"));

        Assert.Equal(ErrorKind.NotFound, refusal.Kind);
        Assert.Equal("No such container: nosuch", refusal.Message);
    }

    [Fact]
    public void A_prefix_of_two_ids_is_refused()
    {
        Add("abc1", "one");
        Add("abc2", "two");

        EngineException refusal = Assert.Throws<EngineException>(() => _table.Get("abc"));

        Assert.Equal(ErrorKind.InvalidParameter, refusal.Kind);
        Assert.Equal("multiple IDs found with provided prefix: abc", refusal.Message);
        Assert.Equal("two", _table.Get("abc2").Name);
    }

    [Fact]
    public void A_name_wins_over_a_prefix_and_a_full_id_over_a_name()
    {
        Container first = Add("cafe", "one");
        Container second = Add("beef", "cafe");
        Container third = Add("dead", first.Id);

        Assert.Same(second, _table.Get("cafe"));
        Assert.Same(first, _table.Get(first.Id));
        Assert.NotSame(third, _table.Get(first.Id));
    }

    [Fact]
    public void No_name_at_all_is_refused() =>
        Assert.Equal("No container name or ID supplied", Assert.Throws<EngineException>(() => _table.Get("")).Message);

    [Fact]
    public void A_name_that_is_taken_says_by_whom()
    {
        Container owner = Add("abc", "web");

        EngineException refusal = Assert.Throws<EngineException>(() => _table.ReserveName("web", new string('f', 64)));

        Assert.Equal(ErrorKind.Conflict, refusal.Kind);
        Assert.Equal(
            $"Conflict. The container name \"/web\" is already in use by container \"{owner.Id}\". "
            + "You have to remove (or rename) that container to be able to reuse that name.",
            refusal.Message);
    }

    [Fact]
    public void A_reserved_name_is_not_a_container_yet_and_is_released_by_its_owner_only()
    {
        _table.ReserveName("web", "owner");

        Assert.Null(_table.Find("web"));
        _table.ReleaseName("web", "stranger");
        Assert.False(_table.TryReserveName("web", "stranger", out string owner));
        Assert.Equal("owner", owner);
        _table.ReleaseName("web", "owner");
        Assert.True(_table.TryReserveName("web", "stranger", out _));
    }

    [Fact]
    public void Of_many_who_want_one_name_one_gets_it()
    {
        int winners = 0;

        Parallel.For(0, 64, i =>
        {
            if (_table.TryReserveName("web", $"id{i}", out _))
            {
                Interlocked.Increment(ref winners);
            }
        });

        Assert.Equal(1, winners);
    }

    [Fact]
    public void A_removed_container_frees_its_name_and_is_not_found_by_prefix()
    {
        Container container = Add("abc", "web");

        _table.Remove(container);

        Assert.Null(_table.Find("abc"));
        Assert.Empty(_table.All);
        Assert.True(_table.TryReserveName("web", "other", out _));
    }

    [Fact]
    public void A_reader_keeps_what_it_began_with_while_containers_come_and_go()
    {
        Add("a", "one");
        using IEnumerator<Container> reader = _table.All.GetEnumerator();
        Add("b", "two");

        int seen = 0;
        while (reader.MoveNext())
        {
            seen++;
        }

        Assert.Equal(1, seen);
    }

    private Container Add(string id, string name)
    {
        Container container = Specs.Live(id, name);
        _table.ReserveName(name, container.Id);
        _table.Add(container);
        return container;
    }
}
