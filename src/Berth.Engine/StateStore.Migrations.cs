using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Berth.Engine;

internal sealed partial class StateStore
{
    /// <summary>Each entry takes the database one version up; entries are never changed once released.</summary>
    private static readonly string[] Migrations =
    [
        "CREATE TABLE documents (kind INTEGER NOT NULL, key TEXT NOT NULL, document BLOB NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID",
    ];

    private void Migrate()
    {
        using SqliteCommand query = _connection.CreateCommand();
        query.CommandText = "PRAGMA user_version";
        int version = Convert.ToInt32(query.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (version > Migrations.Length)
        {
            throw new EngineException(ErrorKind.System,
                $"the state database has version {version}, this daemon knows up to {Migrations.Length}: use the newer daemon that wrote it");
        }

        for (; version < Migrations.Length; version++)
        {
            using SqliteTransaction transaction = _connection.BeginTransaction();
            Execute(string.Create(CultureInfo.InvariantCulture, $"{Migrations[version]}; PRAGMA user_version = {version + 1}"));
            transaction.Commit();
        }
    }
}
