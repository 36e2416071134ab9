//! When a fact may leave the handheld.

use sync_protocol::Timestamp;

use super::Bench;
use super::office::{hello_at, json, receipt};
use crate::sync::{GRACE_MS, purge};

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
