//! Three handhelds, lost, doubled, late and reordered messages: every database ends with the same rows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::sync::Arc;

use e2e::simulation::converge;
use sync_server::store::{MemoryStore, Store, connect};
use tokio::runtime::Runtime;

/// What the walks bring.
const WALKS: u64 = 2026;
/// Networks that are tried.
const NETWORKS: [u64; 4] = [11, 22, 33, 44];
/// Chance that an exchange goes wrong, in percent.
const TROUBLE: u64 = 60;

/// What the database holds when nothing ever goes wrong.
fn without_trouble() -> String {
    converge(WALKS, 0, 0, Arc::new(MemoryStore::default()))
}

/// Syncs over every network, each time to a new database, and compares.
fn all_end_equal(mut new_database: impl FnMut() -> Arc<dyn Store>) {
    let expected = without_trouble();
    for kind in ["telegram ", "reception ", "event "] {
        assert!(expected.lines().filter(|line| line.starts_with(kind)).count() >= 9, "{expected}");
    }
    assert!(!expected.contains("quarantine "), "{expected}");
    for network in NETWORKS {
        let held = converge(WALKS, network, TROUBLE, new_database());
        let difference = held.lines().zip(expected.lines()).find(|(held, expected)| held != expected);
        assert_eq!(difference, None, "the first row that differs after network {network}");
        assert_eq!(held.lines().count(), expected.lines().count(), "rows after network {network}");
    }
}

#[test]
fn three_replicas_end_equal_in_memory() {
    all_end_equal(|| Arc::new(MemoryStore::default()));
}

#[test]
fn three_replicas_end_equal_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let runtime = Runtime::new().unwrap();
    let mut number = 0;
    all_end_equal(|| {
        number += 1;
        let url = format!("sqlite:{}", folder.path().join(format!("{number}.db")).display());
        runtime.block_on(connect(&url)).unwrap()
    });
}

#[test]
fn three_replicas_end_equal_on_postgresql() {
    let Ok(url) = std::env::var("TEST_DB_URL") else {
        assert!(std::env::var("CI").is_err(), "TEST_DB_URL must name a PostgreSQL in CI");
        println!("skipped on PostgreSQL: TEST_DB_URL is not set");
        return;
    };
    let runtime = Runtime::new().unwrap();
    let (server, _) = url.rsplit_once('/').expect("a URL that ends with a database");
    let (maintenance, connection) =
        runtime.block_on(tokio_postgres::connect(&url, tokio_postgres::NoTls)).unwrap();
    runtime.spawn(connection);
    let mut names = Vec::new();
    all_end_equal(|| {
        let name = format!("walkby_convergence_{}", uuid::Uuid::new_v4().simple());
        runtime.block_on(maintenance.batch_execute(&format!("CREATE DATABASE {name}"))).unwrap();
        let store = runtime.block_on(connect(&format!("{server}/{name}"))).unwrap();
        names.push(name);
        store
    });
    for name in names {
        runtime.block_on(maintenance.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)"))).unwrap();
    }
}
