//! The schema: reopened, refused when it is newer, tampered with.

use std::path::Path;

use sync_server::store::{PostgresStore, SqliteStore, StoreError};

use crate::kit::Database;

const NEWER: &str = "INSERT INTO schema_history (version, name, checksum) VALUES (99, 'future', 'x')";
const CHANGED: &str = "UPDATE schema_history SET checksum = 'x' WHERE version = 1";

fn change_sqlite(path: &Path, statement: &str) {
    rusqlite::Connection::open(path).unwrap().execute_batch(statement).unwrap();
}

#[tokio::test]
async fn sqlite_refuses_a_schema_that_is_newer_or_was_changed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walkby.db");
    drop(SqliteStore::open(&path).await.unwrap());
    drop(SqliteStore::open(&path).await.expect("the present schema opens again"));
    change_sqlite(&path, NEWER);
    let newer = SqliteStore::open(&path).await.unwrap_err();
    assert!(matches!(newer, StoreError::NewerSchema { found: 99, supported: 2.. }), "{newer:?}");
    assert!(newer.to_string().contains("run the newer program"), "{newer}");
    change_sqlite(&path, "DELETE FROM schema_history WHERE version = 99");
    change_sqlite(&path, CHANGED);
    let changed = SqliteStore::open(&path).await.unwrap_err();
    assert!(matches!(changed, StoreError::ChangedMigration { version: 1 }), "{changed:?}");
}

#[tokio::test]
async fn postgres_refuses_a_schema_that_is_newer_or_was_changed() {
    let Some(database) = Database::create().await else { return };
    drop(PostgresStore::connect(database.url()).await.unwrap());
    let (client, connection) = tokio_postgres::connect(database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(NEWER).await.unwrap();
    let newer = PostgresStore::connect(database.url()).await.unwrap_err();
    assert!(matches!(newer, StoreError::NewerSchema { found: 99, supported: 2.. }), "{newer:?}");
    client.batch_execute("DELETE FROM schema_history WHERE version = 99").await.unwrap();
    client.batch_execute(CHANGED).await.unwrap();
    let changed = PostgresStore::connect(database.url()).await.unwrap_err();
    assert!(matches!(changed, StoreError::ChangedMigration { version: 1 }), "{changed:?}");
    drop(client);
    database.remove().await;
}

#[tokio::test]
async fn a_file_that_is_no_database_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walkby.db");
    std::fs::write(&path, "not a database, but long enough to be taken for one at first sight").unwrap();
    let error = SqliteStore::open(&path).await.unwrap_err();
    assert!(error.to_string().contains("not a database"), "{error}");
}

#[tokio::test]
async fn both_schemas_have_the_same_tables_and_columns() {
    let Some(database) = Database::create().await else { return };
    drop(PostgresStore::connect(database.url()).await.unwrap());
    let (client, connection) = tokio_postgres::connect(database.url(), tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let query = "SELECT table_name || '.' || column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' ORDER BY 1";
    let mut postgres: Vec<String> =
        client.query(query, &[]).await.unwrap().iter().map(|row| row.get(0)).collect();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walkby.db");
    drop(SqliteStore::open(&path).await.unwrap());
    let sqlite = rusqlite::Connection::open(&path).unwrap();
    let query = "SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c \
                 WHERE m.type = 'table'";
    let mut statement = sqlite.prepare(query).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    let mut sqlite: Vec<String> = rows.collect::<Result<_, _>>().unwrap();
    postgres.sort();
    sqlite.sort();
    assert_eq!(sqlite, postgres);
    drop(client);
    database.remove().await;
}
