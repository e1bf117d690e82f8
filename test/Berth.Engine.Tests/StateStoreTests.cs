using System.Text;
using Berth.TestHost;

namespace Berth.Engine.Tests;

public sealed class StateStoreTests : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Documents_are_there_again_when_the_database_is_opened_again()
    {
        using (StateStore store = Open())
        {
            store.Write(Durability.ProcessCrash, Put("a", "1"));
            store.Write(Durability.PowerLoss, Put("b", "2"), Put("c", "3"));
            store.Write(Durability.ProcessCrash, Put("a", "4"), new StateChange(StateTable.Containers, "b", null));
        }

        using StateStore again = Open();
        Assert.Equal("a=4 c=3", Contents(again, StateTable.Containers));
        Assert.Equal("", Contents(again, StateTable.Volumes));
    }

    [Fact]
    public void Tables_do_not_share_keys()
    {
        using StateStore store = Open();
        store.Write(Durability.ProcessCrash, Put("a", "1"), new StateChange(StateTable.Volumes, "a", "2"u8.ToArray()));
        store.Write(Durability.ProcessCrash, new StateChange(StateTable.Containers, "a", null));

        Assert.Equal("", Contents(store, StateTable.Containers));
        Assert.Equal("a=2", Contents(store, StateTable.Volumes));
    }

    [Fact]
    public void Deleting_what_is_not_there_is_no_error()
    {
        using StateStore store = Open();

        store.Write(Durability.ProcessCrash, new StateChange(StateTable.Containers, "nosuch", null));

        Assert.Equal("", Contents(store, StateTable.Containers));
    }

    [Fact]
    public void Of_changes_that_belong_together_all_happen_or_none()
    {
        using StateStore store = Open();

        Assert.ThrowsAny<Exception>(() => store.Write(Durability.ProcessCrash, Put("a", "1"), new StateChange(StateTable.Containers, null!, [1])));

        Assert.Equal("", Contents(store, StateTable.Containers));
        store.Write(Durability.ProcessCrash, Put("b", "2"));
        Assert.Equal("b=2", Contents(store, StateTable.Containers));
    }

    [Fact]
    public void Many_threads_may_write_at_once()
    {
        using StateStore store = Open();

        Parallel.For(0, 200, i => store.Write(i % 2 == 0 ? Durability.ProcessCrash : Durability.PowerLoss, Put($"{i:000}", "x")));

        Assert.Equal(200, store.Load(StateTable.Containers).Count);
    }

    [Fact]
    public void What_is_no_database_is_refused()
    {
        File.WriteAllText(_scratch.File("state.db"), "this is a text of more than a hundred bytes, which no database ever begins with, however hard one tries to read it as one");

        EngineException refusal = Assert.Throws<EngineException>(Open);

        Assert.Contains("state.db", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_database_of_a_newer_daemon_is_refused_and_left_alone()
    {
        Open().Dispose();
        using (var connection = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={_scratch.File("state.db")};Pooling=False"))
        {
            connection.Open();
            using Microsoft.Data.Sqlite.SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 1000";
            command.ExecuteNonQuery();
        }

        Assert.Contains("newer daemon", Assert.Throws<EngineException>(Open).Message, StringComparison.Ordinal);
    }

    private StateStore Open() => StateStore.Open(_scratch.File("state.db"));

    private static StateChange Put(string key, string value) => new(StateTable.Containers, key, Encoding.UTF8.GetBytes(value));

    private static string Contents(StateStore store, StateTable table) =>
        string.Join(' ', store.Load(table).Select(row => $"{row.Key}={Encoding.UTF8.GetString(row.Document)}"));
}
