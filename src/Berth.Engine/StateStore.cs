using Berth.Engine.Daemon;
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
    private readonly DiskReserve? _reserve;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private Durability _durability;

    private StateStore(SqliteConnection connection, DiskReserve? reserve)
    {
        _connection = connection;
        _reserve = reserve;
        _put = Command(
            connection,
            "INSERT INTO documents (kind, key, document) VALUES ($kind, $key, $document) ON CONFLICT (kind, key) DO UPDATE SET document = excluded.document",
            "$kind", "$key", "$document");
        _delete = Command(connection, "DELETE FROM documents WHERE kind = $kind AND key = $key", "$kind", "$key");
    }

    /// <exception cref="EngineException">The file is no database, or was written by a newer daemon.</exception>
    /// <param name="reserve">Given up here, and where a removal would fail for lack of space.</param>
    public static StateStore Open(string path, DiskReserve? reserve = null)
    {
        reserve?.GiveUp();
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        try
        {
            connection.Open();
            var store = new StateStore(connection, reserve);
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
    /// <exception cref="EngineException">The disk is full. A removal has the reserve to go on with.</exception>
    public void Write(Durability durability, params ReadOnlySpan<StateChange> changes)
    {
        lock (_lock)
        {
            bool removes = Removes(changes);
            try
            {
                WriteAll(durability, changes);
            }
            catch (SqliteException e) when (IsDiskFull(e))
            {
                if (!removes || _reserve?.GiveUp() != true)
                {
                    throw Full(e);
                }

                WriteAllOrFull(durability, changes);
            }

            _reserve?.TakeAgain();
        }
    }

    private void WriteAllOrFull(Durability durability, ReadOnlySpan<StateChange> changes)
    {
        try
        {
            WriteAll(durability, changes);
        }
        catch (SqliteException e) when (IsDiskFull(e))
        {
            throw Full(e);
        }
    }

    private void WriteAll(Durability durability, ReadOnlySpan<StateChange> changes)
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

    public void Dispose()
    {
        lock (_lock)
        {
            _put.Dispose();
            _delete.Dispose();
            _connection.Dispose();
        }
    }

    private static bool Removes(ReadOnlySpan<StateChange> changes)
    {
        foreach (StateChange change in changes)
        {
            if (change.Document is null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsDiskFull(SqliteException e)
    {
        const int SQLITE_FULL = 13;
        const int SQLITE_IOERR_SHMSIZE = 10 | (19 << 8);
        return e.SqliteErrorCode == SQLITE_FULL || e.SqliteExtendedErrorCode == SQLITE_IOERR_SHMSIZE;
    }

    private EngineException Full(SqliteException e) => new(ErrorKind.System, $"write {_connection.DataSource}: {FailureText.NoSpace}", e);

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
