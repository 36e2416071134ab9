//! How long the office waits for a tour of 5,000 lines.
//!
//! ```text
//! cargo bench -p sync-server --bench lines
//! TEST_DB_URL=postgres://…/postgres cargo bench -p sync-server --bench lines
//! ```
//!
//! Three telegrams of each meter were heard. Each figure is the middle one of nine calls of the service,
//! without HTTP and JSON, beside the bare reading of the same rows.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use sync_protocol::{
    Batch, BatchId, BootId, Digest, Item, PairRequest, ReadingSessionId, Reception, ReceptionId,
    ReplicaEpoch, Telegram, TimeSource, Timestamp, TourId, body,
};
use sync_server::service::{LineQuery, LineSort, StateFilter};
use sync_server::store::{PostgresStore, SqliteStore, Store};
use sync_server::{Actor, Config, MasterKey, Service, SystemEnvironment};
use uuid::Uuid;
use wmbus::encode::{Record, TelegramBuilder};

const LINES: u32 = 5_000;

fn csv() -> String {
    let rows = (1..=LINES).map(|number| {
        format!(
            "m{number};{number:08};Lindenstraße;{};{number}.1;cold water;2026-12-31;98,1;500;m³\n",
            number / 20
        )
    });
    let head = "meter_no;radio_id;street;house;flat;medium;due_date;prev_value;high;unit\n".to_owned();
    std::iter::once(head).chain(rows).collect()
}

/// Three telegrams of a meter with the values that a water meter sends, each with a reception.
fn heard(number: u32, tour: TourId) -> Vec<Item> {
    let telegram = |access_number: u8| {
        let frame = TelegramBuilder::new(format!("KAM-{number:08}-1B-16").parse().unwrap())
            .access_number(access_number)
            .record(Record::bcd8(i64::from(100_000 + number)).volume(-3))
            .record(Record::bcd8(99_000).volume(-3).storage(1))
            .record(Record::int16(215).external_temperature(-1))
            .build()
            .unwrap();
        Telegram::new(frame.bytes().to_vec())
    };
    (1..=3)
        .map(telegram)
        .flat_map(|telegram| {
            let reception = Reception {
                id: ReceptionId(Uuid::now_v7()),
                telegram: telegram.id,
                session: ReadingSessionId::default(),
                tour,
                received_at: Timestamp::EPOCH,
                time_source: TimeSource::Handheld,
                boot: BootId::default(),
                monotonic_ms: 1,
                sequence: 1,
                rssi_dbm: Some(-71),
                link_mode: Some("T1".to_owned()),
                receiver: None,
            };
            [Item::Telegram(telegram), Item::Reception(reception)]
        })
        .collect()
}

/// Returns the middle one of nine times.
async fn middle(mut call: impl AsyncFnMut()) -> Duration {
    let mut times = Vec::new();
    for _ in 0..9 {
        let begin = Instant::now();
        call().await;
        times.push(begin.elapsed());
    }
    times.sort_unstable();
    times[4]
}

async fn run(database: &str, store: Arc<dyn Store>) {
    let environment = Arc::new(SystemEnvironment);
    let service = Service::open(Arc::clone(&store), MasterKey::new([1; 32]), Config::default(), environment)
        .await
        .unwrap();
    let code = service.create_pairing_code(Actor::Operator).await.unwrap().code;
    let request = PairRequest { code, name: "bench".to_owned(), app_version: "0".to_owned() };
    let replica = service.pair(&request, "bench").await.unwrap().replica;
    let import = service.create_tour(Actor::Operator, "bench", csv().as_bytes()).await.unwrap();
    let tour = import.tour.unwrap();

    let items: Vec<Item> = (1..=LINES).flat_map(|number| heard(number, tour)).collect();
    let begin = Instant::now();
    for chunk in items.chunks(4_998) {
        let id = BatchId(Uuid::now_v7());
        let batch = Batch { items: chunk.to_vec(), ..Batch::new(id, replica, ReplicaEpoch::default()) };
        let body = body::write(&batch);
        service.push(replica, id, &Digest::of(&body), &body).await.unwrap();
    }
    let report = |what: &str, time: Duration| {
        println!("{database:<9} {what:<34} {:>9.1} ms", time.as_secs_f64() * 1e3)
    };
    report("merge of all 30,000 facts", begin.elapsed());

    let bare = middle(async || {
        let mut tx = store.begin_read().await.unwrap();
        assert_eq!(tx.tour_meters(tour).await.unwrap().len(), LINES as usize);
        assert_eq!(tx.standings(tour).await.unwrap().len(), LINES as usize);
    });
    report("bare reading of lines and standings", bare.await);
    let page = |query: LineQuery| {
        let service = &service;
        middle(async move || {
            let query = LineQuery { limit: 100, ..query.clone() };
            assert!(service.lines(tour, &query).await.unwrap().total > 0);
        })
    };
    report("first 100 lines", page(LineQuery::default()).await);
    let read = sync_server::service::LineState::Read;
    let query = LineQuery {
        state: Some(StateFilter::Is(read)),
        sort: LineSort::Value,
        descending: true,
        ..LineQuery::default()
    };
    report("100 of those read, by value", page(query).await);
    report("search", page(LineQuery { text: Some("4999".to_owned()), ..LineQuery::default() }).await);
    report("tour with its houses", middle(async || drop(service.tour_overview(tour).await.unwrap())).await);
    report("list of tours", middle(async || drop(service.tours().await.unwrap())).await);
    let line =
        service.lines(tour, &LineQuery { limit: 1, ..LineQuery::default() }).await.unwrap().lines[0].id;
    report("one line", middle(async || drop(service.line_detail(tour, line).await.unwrap())).await);
}

#[tokio::main]
async fn main() {
    let folder = tempfile::tempdir().unwrap();
    run("sqlite", Arc::new(SqliteStore::open(&folder.path().join("lines.db")).await.unwrap())).await;
    let Ok(url) = std::env::var("TEST_DB_URL") else {
        println!("postgres  left out: TEST_DB_URL is not set");
        return;
    };
    let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let name = format!("walkby_bench_{}", Uuid::now_v7().simple());
    client.batch_execute(&format!("CREATE DATABASE {name}")).await.unwrap();
    let (server, _) = url.rsplit_once('/').expect("a URL that ends with a database");
    run("postgres", Arc::new(PostgresStore::connect(&format!("{server}/{name}")).await.unwrap())).await;
}
