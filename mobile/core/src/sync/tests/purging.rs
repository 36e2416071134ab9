//! When a fact may leave the handheld.

use sync_protocol::{Change, Cursor, MeterKey, Timestamp, Tour, TourMeter, TourMeterId};

use super::Bench;
use super::office::{hello_at, json, receipt};
use crate::sync::{GRACE_MS, Request, purge, wipe_keys};

const LATER: i64 = 5_000_000 + GRACE_MS;

fn hello_says(bench: &mut Bench, safe_commit: u64, server_ms: i64) {
    bench.sync(|_| Ok(hello_at(1, safe_commit, Timestamp::from_millis(server_ms))));
}

#[test]
fn a_fact_goes_only_with_receipt_and_backup_and_grace_time() {
    let mut bench = Bench::new();
    bench.hear(1);
    assert_eq!(purge(&mut bench.store).unwrap(), 0, "no receipt");
    bench.push(|push| Ok(json(&receipt(push, 1, 7))));
    hello_says(&mut bench, 6, LATER);
    assert_eq!(purge(&mut bench.store).unwrap(), 0, "not in a backup");
    hello_says(&mut bench, 7, LATER - 1);
    assert_eq!(purge(&mut bench.store).unwrap(), 0, "not old enough");
    // The handheld's own clock has no say.
    bench.now.wall = Timestamp::parse("2099-01-01T00:00:00Z").unwrap();
    assert_eq!(purge(&mut bench.store).unwrap(), 0, "not old enough by the server's clock");
    hello_says(&mut bench, 7, LATER);
    assert_eq!(purge(&mut bench.store).unwrap(), 2);
    assert_eq!(bench.status().receipted, 0);
}

#[test]
fn a_telegram_stays_while_a_reception_names_it() {
    let mut bench = Bench::new();
    let telegram = bench.hear(1);
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    bench
        .store
        .connection()
        .execute(
            "INSERT INTO receptions (sequence, id, telegram, session, tour, received_at, time_source, boot,
                 monotonic_ms)
             SELECT 99, randomblob(16), ?1, session, tour, 0, 1, boot, 0 FROM receptions",
            [telegram.0],
        )
        .unwrap();
    hello_says(&mut bench, 0, 5_000_000);
    hello_says(&mut bench, 1, LATER);
    assert_eq!(purge(&mut bench.store).unwrap(), 1, "the first reception");
    assert_eq!(bench.status().receipted, 1, "the telegram");
}

#[test]
fn the_facts_of_a_tour_that_is_still_walked_stay() {
    let mut bench = Bench::new();
    bench.hear(1);
    bench
        .store
        .connection()
        .execute("INSERT INTO tours (id, name, meters) SELECT tour, 'North', 1 FROM sessions", [])
        .unwrap();
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    hello_says(&mut bench, 1, LATER);
    assert_eq!(purge(&mut bench.store).unwrap(), 0);
    bench
        .store
        .connection()
        .execute_batch("UPDATE tours SET withdrawn = 1; UPDATE sessions SET ended_at = 1")
        .unwrap();
    assert_eq!(purge(&mut bench.store).unwrap(), 2);
    let left: i64 = bench
        .store
        .connection()
        .query_row("SELECT (SELECT count(*) FROM tours) + (SELECT count(*) FROM sessions)", [], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(left, 0, "the tour goes with its last fact");
}

#[test]
fn keys_are_wiped_once_the_tour_is_done_and_safe() {
    let mut bench = Bench::new();
    let keys = |bench: &Bench| -> i64 {
        let count = "SELECT count(meter_key) FROM tour_meters";
        bench.store.connection().query_row(count, [], |row| row.get(0)).unwrap()
    };
    let tour = sync_protocol::TourId(uuid::Uuid::from_u128(0x3A1C));
    let changes = [
        Change::Tour(Tour { id: tour, name: "North".into(), meters: 1, due_date: None }),
        Change::TourMeter(Box::new(TourMeter {
            id: TourMeterId(tour.0),
            tour,
            key: Some(MeterKey::new([5; 16])),
            ..TourMeter::default()
        })),
    ];
    bench.store.apply_changes(&changes, &Cursor("1".into())).unwrap();
    let mut walk = crate::Walk::open(&mut bench.store, tour, bench.now, &mut bench.randomness).unwrap();
    let (line, now) = (TourMeterId(tour.0), bench.now);
    walk.skip(&mut bench.store, line, "no_access", None, None, now, &mut bench.randomness).unwrap();
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    hello_says(&mut bench, 1, 5_000_000);
    assert_eq!((wipe_keys(&mut bench.store).unwrap(), keys(&bench)), (0, 1), "the walk goes on");
    walk.note(&mut bench.store, line, "a dog", now, &mut bench.randomness).unwrap();
    walk.end(&mut bench.store, now, &mut bench.randomness).unwrap();
    assert_eq!((wipe_keys(&mut bench.store).unwrap(), keys(&bench)), (0, 1), "the note is not safe");
    bench.sync(|request| match request {
        Request::Push(push) => Ok(json(&receipt(push, 1, 2))),
        _ => Ok(hello_at(1, 1, Timestamp::from_millis(5_000_000))),
    });
    assert_eq!((wipe_keys(&mut bench.store).unwrap(), keys(&bench)), (0, 1), "the server has not said so");
    hello_says(&mut bench, 2, 5_000_000);
    assert_eq!((wipe_keys(&mut bench.store).unwrap(), keys(&bench)), (1, 0));
}
