//! The same walk ends in the same export, whichever database the server has.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use e2e::demo::{self, Material};
use e2e::server::Setup;

/// Walks the built-in walk against a server on a database and returns the export.
async fn export(database: Option<String>) -> String {
    let folder = tempfile::tempdir().unwrap();
    let mut setup = Setup::in_folder(folder.path()).unwrap();
    setup.database = database.unwrap_or(setup.database);
    let material = Material { speed: None, ..Material::built_in() };
    let _server = demo::run(&material, &setup, folder.path()).await.unwrap();
    std::fs::read_to_string(folder.path().join("readings.csv")).unwrap()
}

#[tokio::test]
async fn sqlite_and_postgresql_export_the_same_bytes() {
    let Ok(url) = std::env::var("TEST_DB_URL") else {
        assert!(std::env::var("CI").is_err(), "TEST_DB_URL must name a PostgreSQL in CI");
        eprintln!("not tested on PostgreSQL: TEST_DB_URL is not set");
        return;
    };
    let (server, _) = url.rsplit_once('/').expect("a URL that ends with a database");
    let (maintenance, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("walkby_export_{}", uuid::Uuid::new_v4().simple());
    maintenance.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();

    let on_sqlite = export(None).await;
    let on_postgres = export(Some(format!("{server}/{name}"))).await;
    maintenance.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await.unwrap();

    assert!(on_sqlite.lines().count() > 40, "{on_sqlite}");
    assert_eq!(on_sqlite, on_postgres);
}
