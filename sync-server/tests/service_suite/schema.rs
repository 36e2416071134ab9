//! The schema: reopened, refused when it is newer, tampered with.

use std::path::Path;
use std::sync::Arc;

use sha2::{Digest as _, Sha256};
use sync_protocol::{Telegram, Timestamp, Token};
use sync_server::Actor;
use sync_server::service::{Credentials, KeyQuery, SyncState};
use sync_server::store::rows::SessionKind;
use sync_server::store::{PostgresStore, SqliteStore, StoreError};
use uuid::Uuid;

use crate::kit::{Database, Kit};
use crate::telegrams::{KEY, address, encrypted, radio_id};

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

/// A database as the first version of the program left it, with an office that is logged in, a paired
/// handheld and a telegram that was decoded.
fn first_version(path: &Path, telegram: &Telegram) {
    const V1: &str = include_str!("../../migrations/sqlite/V1__foundation.sql");
    let connection = rusqlite::Connection::open(path).unwrap();
    let history = "CREATE TABLE schema_history (version BIGINT PRIMARY KEY, name TEXT NOT NULL, \
                   checksum TEXT NOT NULL)";
    connection.execute_batch(history).unwrap();
    connection.execute_batch(V1).unwrap();
    let checksum: String = Sha256::digest(V1).iter().map(|byte| format!("{byte:02x}")).collect();
    connection.execute("INSERT INTO schema_history VALUES (1, 'foundation', ?1)", [checksum]).unwrap();
    let token = Sha256::digest("an older token").to_vec();
    connection.execute("INSERT INTO admin_sessions VALUES (?1, 0, ?2)", (&token, i64::MAX)).unwrap();
    let handheld = "INSERT INTO handhelds VALUES (?1, 'Anna', '0.0.1', ?2, 0, NULL, 7, NULL)";
    connection.execute(handheld, (Uuid::from_u128(1).as_bytes(), &token)).unwrap();
    let meter = address(1);
    let row = (&meter, &telegram.id.0, &telegram.frame);
    connection.execute("INSERT INTO telegrams VALUES (?1, ?2, ?3, 1, 5)", row).unwrap();
    let heard = "INSERT INTO heard_meters VALUES (?1, ?1, ?2, ?2)";
    connection.execute(heard, (&meter, radio_id(1))).unwrap();
    let state = "INSERT INTO decode_states VALUES (?1, ?2, 'no_key', NULL, ?3)";
    connection.execute(state, (&meter, &telegram.id.0, wmbus::DECODER_VERSION)).unwrap();
}

#[tokio::test]
async fn a_database_of_the_first_version_keeps_its_rows_and_is_decoded_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("walkby.db");
    first_version(&path, &encrypted(1, 1, 100));
    let kit = Kit::over(Arc::new(SqliteStore::open(&path).await.unwrap())).await;
    let shown = Credentials { token: Token::new("an older token".to_owned()), kind: SessionKind::Token };
    assert_eq!(kit.service.authenticate_admin(&shown).await.unwrap().actor, Actor::Admin);
    let handheld = kit.service.handheld_details().await.unwrap().remove(0);
    assert_eq!((handheld.sync_state, handheld.waiting_items), (SyncState::Current, None));
    assert_eq!(kit.service.derive_pending().await.unwrap(), 1);
    let csv = format!("id;key\n{};{KEY}\n", radio_id(1));
    kit.service.import_keys(Actor::Admin, csv.as_bytes()).await.unwrap();
    let keys = kit.service.keys(&KeyQuery { limit: 1, ..KeyQuery::default() }).await.unwrap();
    assert_eq!(keys.keys[0].last_used_at, Some(Timestamp::from_millis(5)));
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
