//! How fast a push of 10,000 telegrams is merged, beside the bare insert of the same rows.
//!
//! ```text
//! cargo bench -p sync-server --bench merge
//! TEST_DB_URL=postgres://…/postgres cargo bench -p sync-server --bench merge
//! ```
//!
//! A program and no criterion: a merge changes its database, so a run is one pass over fresh data.
//! `merge` is everything from the body's bytes to the receipt: digest, zstd, CBOR, checks, facts, and
//! the readings derived after it. `bare insert` is the same telegrams through the store's verb, in
//! transactions of the same size.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sync_protocol::{
    Batch, BatchId, BootId, Digest, Item, PairRequest, ReadingSessionId, Reception, ReceptionId,
    ReplicaEpoch, Telegram, TimeSource, Timestamp, TourId, body,
};
use sync_server::store::rows::TelegramRow;
use sync_server::store::{MemoryStore, PostgresStore, SqliteStore, Store};
use sync_server::{Actor, Config, MasterKey, Service, SystemEnvironment};
use uuid::Uuid;
use wmbus::AesKey;
use wmbus::encode::{Record, TelegramBuilder};

const TELEGRAMS: u32 = 10_000;

/// Telegrams of a batch: with a reception each that is the protocol's limit of items.
const BATCH: usize = 2_500;

const KEY: &str = "000102030405060708090A0B0C0D0E0F";

fn address(number: u32) -> String {
    format!("KAM-{number:08}-1B-16")
}

/// One telegram of each of 10,000 meters, mode 5, with the values that a water meter sends.
fn telegrams() -> Vec<(String, Telegram)> {
    let key: AesKey = KEY.parse().unwrap();
    let telegram = |number: u32| {
        let frame = TelegramBuilder::new(address(number).parse().unwrap())
            .record(Record::bcd8(i64::from(number)).volume(-3))
            .record(Record::bcd8(i64::from(number)).volume(-3).storage(1))
            .record(Record::int16(215).external_temperature(-1))
            .mode5(key.clone())
            .build()
            .unwrap();
        (address(number), Telegram::new(frame.bytes().to_vec()))
    };
    (1..=TELEGRAMS).map(telegram).collect()
}

fn items(telegrams: &[(String, Telegram)]) -> Vec<Item> {
    let reception = |telegram: &Telegram| Reception {
        id: ReceptionId(Uuid::now_v7()),
        telegram: telegram.id,
        session: ReadingSessionId::default(),
        tour: TourId::default(),
        received_at: Timestamp::EPOCH,
        time_source: TimeSource::Handheld,
        boot: BootId::default(),
        monotonic_ms: 1,
        sequence: 1,
        rssi_dbm: Some(-71),
        link_mode: Some("T1".to_owned()),
        receiver: None,
    };
    telegrams
        .iter()
        .flat_map(|(_, telegram)| [Item::Telegram(telegram.clone()), Item::Reception(reception(telegram))])
        .collect()
}

/// Pushes all telegrams in batches; returns the time from the first byte to the last receipt.
async fn merge(store: Arc<dyn Store>, telegrams: &[(String, Telegram)], with_keys: bool) -> Duration {
    let environment = Arc::new(SystemEnvironment);
    let service =
        Service::open(store, MasterKey::new([1; 32]), Config::default(), environment).await.unwrap();
    let code = service.create_pairing_code(Actor::Operator).await.unwrap().code;
    let request = PairRequest { code, name: "bench".to_owned(), app_version: "0".to_owned() };
    let replica = service.pair(&request, "bench").await.unwrap().replica;
    if with_keys {
        let rows = (1..=TELEGRAMS).map(|number| format!("{number:08};{KEY}\n"));
        let csv: String = std::iter::once("id;key\n".to_owned()).chain(rows).collect();
        service.import_keys(Actor::Operator, csv.as_bytes()).await.unwrap();
    }
    let bodies: Vec<(BatchId, Vec<u8>)> = telegrams
        .chunks(BATCH)
        .map(|chunk| {
            let id = BatchId(Uuid::now_v7());
            let batch = Batch { items: items(chunk), ..Batch::new(id, replica, ReplicaEpoch::default()) };
            (id, body::write(&batch))
        })
        .collect();
    let begin = Instant::now();
    for (id, body) in &bodies {
        service.push(replica, *id, &Digest::of(body), body).await.unwrap();
    }
    begin.elapsed()
}

/// Inserts the rows of all telegrams and nothing else.
async fn bare_insert(store: Arc<dyn Store>, telegrams: &[(String, Telegram)]) -> Duration {
    let begin = Instant::now();
    for chunk in telegrams.chunks(BATCH) {
        let rows = chunk.iter().map(|(meter, telegram)| TelegramRow {
            meter: meter.clone(),
            telegram: telegram.id,
            frame: telegram.frame.clone(),
            commit: 1,
            arrived_at: Timestamp::EPOCH,
        });
        let mut tx = store.begin().await.unwrap();
        tx.insert_telegrams(rows.collect()).await.unwrap();
        tx.commit().await.unwrap();
    }
    begin.elapsed()
}

fn per_second(time: Duration) -> f64 {
    f64::from(TELEGRAMS) / time.as_secs_f64()
}

fn report(database: &str, bare: Duration, facts: Duration, readings: Duration) {
    for (what, time) in [("bare insert", bare), ("merge, no key", facts), ("merge, readings", readings)] {
        let share = time.as_secs_f64() / bare.as_secs_f64();
        println!("{database:<10} {what:<16} {:>9.0} telegrams/s {share:>7.1} x bare", per_second(time));
    }
}

async fn sqlite(folder: &Path, name: &str) -> Arc<dyn Store> {
    Arc::new(SqliteStore::open(&folder.join(name)).await.unwrap())
}

/// Makes an empty database beside the maintenance database that the URL names.
async fn postgres(maintenance_url: &str) -> Arc<dyn Store> {
    let (client, connection) = tokio_postgres::connect(maintenance_url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("walkby_bench_{}", Uuid::now_v7().simple());
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = maintenance_url.rsplit_once('/').expect("a URL that ends with a database");
    Arc::new(PostgresStore::connect(&format!("{server}/{name}")).await.unwrap())
}

#[tokio::main]
async fn main() {
    let telegrams = telegrams();
    println!("{TELEGRAMS} telegrams of {TELEGRAMS} meters, each with a reception, {BATCH} a batch");
    let memory = || Arc::new(MemoryStore::default()) as Arc<dyn Store>;
    report(
        "memory",
        bare_insert(memory(), &telegrams).await,
        merge(memory(), &telegrams, false).await,
        merge(memory(), &telegrams, true).await,
    );
    let folder = tempfile::tempdir().unwrap();
    report(
        "sqlite",
        bare_insert(sqlite(folder.path(), "bare.db").await, &telegrams).await,
        merge(sqlite(folder.path(), "facts.db").await, &telegrams, false).await,
        merge(sqlite(folder.path(), "readings.db").await, &telegrams, true).await,
    );
    match std::env::var("TEST_DB_URL") {
        Ok(url) => report(
            "postgres",
            bare_insert(postgres(&url).await, &telegrams).await,
            merge(postgres(&url).await, &telegrams, false).await,
            merge(postgres(&url).await, &telegrams, true).await,
        ),
        Err(_) => println!("postgres   left out: TEST_DB_URL is not set"),
    }
}
