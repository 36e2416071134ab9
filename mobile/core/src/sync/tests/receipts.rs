//! What counts as a receipt, and what becomes of the facts that have one.

use sync_protocol::{Digest, ItemOutcome, OutcomeRange, Timestamp};

use super::Bench;
use super::office::{hello, html, json, name, read, receipt};
use crate::sync::{Failure, NoAnswer, Progress, Request};

#[test]
fn a_receipt_for_what_was_sent_ends_the_waiting() {
    let mut bench = Bench::new();
    bench.hear(2);
    bench.write_events(1);
    let mut sent = Vec::new();
    let steps = bench.push(|push| {
        sent.extend(read(push).items.iter().map(name));
        Ok(json(&receipt(push, 1, 1)))
    });
    assert_eq!(sent.len(), 4);
    assert_eq!(
        steps,
        [
            Progress::Greeted { offered_again: 0 },
            Progress::Receipted { accepted: 4, duplicate: 0, quarantined: 0 }
        ]
    );
    let status = bench.status();
    assert_eq!((status.waiting, status.in_flight, status.receipted, status.safe), (0, 0, 4, 0));
    assert!(status.is_done());
}

#[test]
fn what_is_not_a_receipt_for_what_was_sent_ends_nothing() {
    let mut bench = Bench::new();
    bench.write_events(2);
    let forgeries: [fn(&crate::sync::Push) -> super::Reply; 7] = [
        |_| Ok(html(200)),
        |_| Ok(html(302)),
        |_| Ok(json(&"welcome")),
        |push| Ok(crate::sync::Answer { status: 201, ..json(&receipt(push, 1, 1)) }),
        |push| {
            let mut other = receipt(push, 1, 1);
            other.batch = Default::default();
            Ok(json(&other))
        },
        |push| {
            let mut damaged = receipt(push, 1, 1);
            damaged.digest = Digest::of(b"what the server read");
            Ok(json(&damaged))
        },
        |push| {
            let mut partial = receipt(push, 1, 1);
            partial.outcomes = vec![OutcomeRange { from: 0, to: 0, outcome: ItemOutcome::Accepted }];
            Ok(json(&partial))
        },
    ];
    for forgery in forgeries {
        let steps = bench.push(forgery);
        assert!(matches!(steps[1], Progress::Stopped(Failure::NotAnAnswer { .. })), "{steps:?}");
        let status = bench.status();
        assert_eq!((status.in_flight, status.receipted), (2, 0));
        assert_eq!(status.last_error.unwrap().code, "not_an_answer");
    }
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    assert!(bench.status().is_done());
}

#[test]
fn a_quarantined_item_has_a_receipt_and_stays_visible() {
    let mut bench = Bench::new();
    bench.write_events(3);
    bench.push(|push| {
        let mut answer = receipt(push, 1, 1);
        answer.outcomes = vec![
            OutcomeRange { from: 0, to: 0, outcome: ItemOutcome::Duplicate },
            OutcomeRange { from: 1, to: 1, outcome: ItemOutcome::Quarantined { code: "odd".into() } },
            OutcomeRange { from: 2, to: 2, outcome: ItemOutcome::Accepted },
        ];
        Ok(json(&answer))
    });
    let status = bench.status();
    assert_eq!((status.receipted, status.quarantined, status.waiting), (3, 1, 0));
}

#[test]
fn a_lost_reply_does_not_double_a_reading() {
    let mut bench = Bench::new();
    bench.write_events(5);
    let mut first = None;
    bench.push(|push| {
        first = Some(push.clone());
        Err(NoAnswer::Broken)
    });
    bench.restart();
    bench.write_events(2);
    let mut bodies = Vec::new();
    bench.push(|push| {
        bodies.push(push.clone());
        Ok(json(&receipt(push, 1, 1)))
    });
    assert_eq!(bodies.first(), first.as_ref(), "the same bytes under the same id");
    assert_eq!(bodies.len(), 2, "what came later travels in a batch of its own");
    assert!(bench.status().is_done());
}

#[test]
fn a_restored_server_is_offered_again_what_was_not_safe() {
    let mut bench = Bench::new();
    bench.write_events(2);
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    bench.write_events(3);
    bench.push(|push| Ok(json(&receipt(push, 1, 2))));
    // A backup that reaches commit 1 is verified; then the server is restored from it.
    bench.sync(|_| Ok(hello(1, 1)));
    assert_eq!(bench.status().safe, 2);
    let mut offered = Vec::new();
    let steps = bench.sync(|request| match request {
        Request::Push(push) => {
            offered.extend(read(push).items.iter().map(name));
            Ok(json(&receipt(push, 2, 2)))
        }
        _ => Ok(hello(2, 1)),
    });
    assert_eq!(steps[0], Progress::Greeted { offered_again: 3 });
    assert_eq!(offered.len(), 3);
    let status = bench.status();
    assert_eq!((status.receipted, status.safe, status.waiting), (5, 2, 0));
}

#[test]
fn a_receipt_of_another_life_of_the_server_than_its_hello_is_not_kept() {
    let mut bench = Bench::new();
    bench.write_events(1);
    let steps = bench.push(|push| Ok(json(&receipt(push, 2, 1))));
    assert_eq!(steps[1], Progress::Stopped(Failure::ServerReplaced));
    assert_eq!(bench.status().receipted, 0);
    bench.sync(|request| match request {
        Request::Push(push) => Ok(json(&receipt(push, 2, 1))),
        _ => Ok(hello(2, 0)),
    });
    assert!(bench.status().is_done());
}

#[test]
fn clock_samples_travel_with_the_next_batch() {
    let mut bench = Bench::new();
    bench.write_events(1);
    let mut clocks = Vec::new();
    bench.push(|push| {
        clocks.push(read(push).clock);
        Ok(json(&receipt(push, 1, 1)))
    });
    let [sample] = clocks[0][..] else { panic!("one sample") };
    assert_eq!(sample.round_trip_ms, 10);
    let middle = Timestamp::from_millis(1_000_000).plus_millis(5);
    assert_eq!(sample.offset_ms, Timestamp::from_millis(5_000_000).as_millis() - middle.as_millis());
    bench.write_events(1);
    bench.push(|push| {
        clocks.push(read(push).clock);
        Ok(json(&receipt(push, 1, 2)))
    });
    assert_eq!(clocks[1].len(), 1, "the first sample is with the server and travels no more");
}

#[test]
fn facts_of_two_lives_of_the_database_travel_in_batches_of_their_own() {
    let mut bench = Bench::new();
    let first_life = bench.store.epoch().unwrap();
    bench.write_events(2);
    let second_life = bench.store.new_epoch(bench.now, &mut bench.randomness).unwrap();
    bench.write_events(3);
    let mut batches = Vec::new();
    bench.push(|push| {
        let batch = read(push);
        batches.push((batch.epoch, batch.items.len()));
        Ok(json(&receipt(push, 1, 1)))
    });
    assert_eq!(batches, [(first_life, 2), (second_life, 3)]);
}
