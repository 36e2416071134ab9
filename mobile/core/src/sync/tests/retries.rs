//! When the next attempt is due, and what the reader sees meanwhile.

use sync_protocol::{BootId, ProblemCode, Timestamp};
use uuid::Uuid;

use super::Bench;
use super::office::{hello, json, problem, receipt};
use crate::sync::{Answer, NoAnswer, Progress, Request, next_attempt_in_ms};

#[test]
fn one_failed_upload_drains_without_a_further_write() {
    let mut bench = Bench::new();
    bench.write_events(1);
    bench.push(|_| Err(NoAnswer::Unreachable));
    let due = next_attempt_in_ms(&bench.store, bench.now).unwrap().expect("the timer is armed");
    assert!(due <= 1_000);
    bench.wait_ms(due);
    assert_eq!(next_attempt_in_ms(&bench.store, bench.now).unwrap(), Some(0));
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    assert!(bench.status().is_done());
    assert_eq!(next_attempt_in_ms(&bench.store, bench.now).unwrap(), None);
}

#[test]
fn every_failure_arms_the_timer_again_and_counts() {
    let mut bench = Bench::new();
    bench.write_events(1);
    for failures in 1..=5 {
        bench.sync(|_| Err(NoAnswer::Unreachable));
        assert_eq!(bench.status().last_error.unwrap().failures, failures);
        assert!(next_attempt_in_ms(&bench.store, bench.now).unwrap().is_some());
    }
}

#[test]
fn a_failure_stays_visible_until_a_receipt_comes() {
    let mut bench = Bench::new();
    bench.write_events(1);
    let since = bench.now.wall;
    bench.push(|_| Err(NoAnswer::Timeout));
    bench.wait_ms(60_000);
    // The server says hello, but the batch still does not get through.
    bench.push(|_| Err(NoAnswer::Broken));
    bench.restart();
    let status = bench.status();
    assert_eq!(status.last_error.as_ref().unwrap().code, "broken");
    assert_eq!(status.last_error.unwrap().failures, 2);
    assert_eq!(status.failing_since.unwrap().as_millis(), since.plus_millis(20).as_millis());
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    assert_eq!(bench.status().last_error, None);
    assert_eq!(bench.status().failing_since, None);
}

#[test]
fn a_failure_with_nothing_to_offer_goes_with_the_next_hello() {
    let mut bench = Bench::new();
    bench.sync(|_| Err(NoAnswer::Unreachable));
    assert!(bench.status().last_error.is_some());
    let steps = bench.sync(|_| Ok(hello(1, 0)));
    assert_eq!(steps, [Progress::Greeted { offered_again: 0 }]);
    assert_eq!(bench.status().last_error, None);
}

#[test]
fn no_wrong_clock_puts_the_next_attempt_off() {
    let mut bench = Bench::new();
    bench.write_events(1);
    bench.now.wall = Timestamp::parse("2099-01-01T00:00:00Z").unwrap();
    bench.push(|_| Err(NoAnswer::Unreachable));
    bench.now.wall = Timestamp::EPOCH;
    assert!(next_attempt_in_ms(&bench.store, bench.now).unwrap().unwrap() <= 1_000);
    bench.now.boot = BootId(Uuid::from_u128(0xB008));
    bench.now.monotonic_ms = 0;
    assert_eq!(next_attempt_in_ms(&bench.store, bench.now).unwrap(), Some(0), "at once after a restart");
}

#[test]
fn the_server_may_ask_to_wait_longer() {
    let mut bench = Bench::new();
    bench.write_events(1);
    bench.push(|_| Ok(Answer { retry_after_s: Some(120), ..problem(ProblemCode::Unavailable) }));
    assert_eq!(bench.status().last_error.unwrap().code, "try_later");
    assert_eq!(next_attempt_in_ms(&bench.store, bench.now).unwrap(), Some(120_000));
}

#[test]
fn a_server_that_reads_other_schemas_is_sent_nothing() {
    let mut bench = Bench::new();
    bench.write_events(1);
    let steps = bench.sync(|request| match request {
        Request::Hello => {
            let mut hello: sync_protocol::Hello = hello(1, 0).success().unwrap();
            hello.max_schema = 0;
            hello.min_schema = 0;
            Ok(json(&hello))
        }
        other => panic!("{other:?}"),
    });
    assert_eq!(steps.len(), 1);
    assert_eq!(bench.status().last_error.unwrap().code, "schema");
    assert_eq!(bench.status().waiting, 1);
}
