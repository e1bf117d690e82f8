using Microsoft.Data.Sqlite;

namespace Berth.Engine;

/// <summary>What a crash may take: nothing of either when the process dies; the first may lose its last moments when the power goes.</summary>
internal enum Durability
{
    /// <summary>No fsync: for what can be made again, and for the start path.</summary>
    ProcessCrash,

    /// <summary>fsync before it is acknowledged: for what a user cannot make again.</summary>
    PowerLoss,
}

internal enum StateTable
{
    Containers,
    ImageNames,
    Images,
    Layers,
    Networks,
    Volumes,
}

/// <param name="Document">The new document, or null to delete.</param>
internal readonly record struct StateChange(StateTable Table, string Key, byte[]? Document);

/// <summary>The daemon's memory across restarts: documents by table and key, one transaction per state change.</summary>
internal sealed partial class StateStore : IDisposable
{
    private readonly Lock _lock = new();
    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private Durability _durability;

    private StateStore(SqliteConnection connection)
    {
        _connection = connection;
        _put = Command(
            connection,
            "INSERT INTO documents (kind, key, document) VALUES ($kind, $key, $document) ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document",
            "$kind", "$key", "$document");
        _delete = Command(connection, "DELETE FROM documents WHERE kind = $kind AND key = $key", "$kind", "$key");
    }

    /// <exception cref="EngineException">The file is no database, or was written by a newer daemon.</exception>
    public static StateStore Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var store = new StateStore(connection);
            store.Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=5000");
            store.Migrate();
            return store;
        }
        catch (SqliteException e)
        {
            connection.Dispose();
            throw new EngineException(ErrorKind.System, $"cannot open the state database {path}: {e.Message}", e);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public IReadOnlyList<(string Key, byte[] Document)> Load(StateTable table)
    {
        lock (_lock)
        {
            using SqliteCommand command = _connection.CreateCommand();
            command.CommandText = "SELECT key, document FROM documents WHERE kind = $kind ORDER BY key";
            command.Parameters.AddWithValue("$kind", (int)table);
            using SqliteDataReader reader = command.ExecuteReader();
            var rows = new List<(string, byte[])>();
            while (reader.Read())
            {
                rows.Add((reader.GetString(0), reader.GetFieldValue<byte[]>(1)));
            }

            return rows;
        }
    }

    /// <summary>All of <paramref name="changes"/> or none.</summary>
    public void Write(Durability durability, params ReadOnlySpan<StateChange> changes)
    {
        lock (_lock)
        {
            if (durability != _durability)
            {
                Execute(durability == Durability.PowerLoss ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
                _durability = durability;
            }

            if (changes.Length == 1)
            {
                // A statement by itself is a transaction.
                Apply(changes[0], transaction: null);
                return;
            }

            using SqliteTransaction transaction = _connection.BeginTransaction(deferred: true);
            foreach (StateChange change in changes)
            {
                Apply(change, transaction);
            }

            transaction.Commit();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _put.Dispose();
            _delete.Dispose();
            _connection.Dispose();
        }
    }

    private void Apply(StateChange change, SqliteTransaction? transaction)
    {
        SqliteCommand command = change.Document is null ? _delete : _put;
        command.Transaction = transaction;
        command.Parameters[0].Value = (int)change.Table;
        command.Parameters[1].Value = change.Key;
        if (change.Document is not null)
        {
            command.Parameters[2].Value = change.Document;
        }

        command.ExecuteNonQuery();
    }

    /// <summary>Compiled with its first use, and kept: most of the time of a small change is its compilation.</summary>
    private static SqliteCommand Command(SqliteConnection connection, string sql, params ReadOnlySpan<string> parameters)
    {
        SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (string parameter in parameters)
        {
            command.Parameters.Add(new SqliteParameter(parameter, null));
        }

        return command;
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
