//! Batches that the server does not take. Whatever it says, no fact is lost.

use std::collections::BTreeSet;

use sync_protocol::{Item, ProblemCode};

use super::Bench;
use super::office::{html, json, name, problem, read, receipt};
use crate::sync::{FactState, Failure, NoAnswer, Progress, facts, offer_refused_again};

#[test]
fn one_bad_fact_does_not_hold_up_the_others() {
    let mut bench = Bench::new();
    bench.write_events(20);
    let mut taken = BTreeSet::new();
    bench.push(|push| {
        let items = read(push).items;
        let names: Vec<String> = items.iter().map(name).collect();
        if items.iter().any(|item| matches!(item, Item::Event(event) if event.sequence == 13)) {
            return Ok(problem(ProblemCode::Unprocessable));
        }
        taken.extend(names);
        Ok(json(&receipt(push, 1, 1)))
    });
    assert_eq!(taken.len(), 19);
    let status = bench.status();
    assert_eq!((status.receipted, status.refused, status.waiting, status.in_flight), (19, 1, 0, 0));
    assert!(!status.is_done(), "it stays visible");
    let refused = FactState::Refused { code: "unprocessable".into() };
    let of_thirteen = facts(&bench.store).unwrap().into_iter().filter(|fact| fact.state == refused).count();
    assert_eq!(of_thirteen, 1);
    // A server that was updated takes it.
    assert_eq!(offer_refused_again(&mut bench.store).unwrap(), 1);
    bench.push(|push| Ok(json(&receipt(push, 1, 2))));
    assert!(bench.status().is_done());
}

#[test]
fn a_batch_that_is_too_large_for_a_proxy_is_cut_into_smaller_ones() {
    let mut bench = Bench::new();
    bench.write_events(100);
    let mut sizes = Vec::new();
    bench.push(|push| {
        let size = read(push).items.len();
        if size > 20 {
            return Ok(html(413));
        }
        sizes.push(size);
        Ok(json(&receipt(push, 1, 1)))
    });
    assert_eq!(sizes.iter().sum::<usize>(), 100);
    assert!(bench.status().is_done());
}

#[test]
fn a_proxy_that_takes_nothing_at_all_sets_nothing_aside() {
    let mut bench = Bench::new();
    bench.write_events(4);
    bench.push(|_| Ok(html(413)));
    let status = bench.status();
    assert_eq!((status.refused, status.in_flight), (0, 4));
    assert_eq!(status.last_error.unwrap().code, "not_an_answer");
}

#[test]
fn a_batch_id_that_is_in_use_is_never_used_again() {
    let mut bench = Bench::new();
    bench.write_events(3);
    let mut ids = Vec::new();
    let steps = bench.push(|push| {
        ids.push(push.batch);
        Ok(problem(ProblemCode::BatchIdReused))
    });
    assert_eq!(steps[1], Progress::Stopped(Failure::BatchIdReused));
    bench.push(|push| {
        ids.push(push.batch);
        assert_eq!(read(push).items.len(), 3);
        assert_eq!(read(push).id, push.batch);
        Ok(json(&receipt(push, 1, 1)))
    });
    assert_ne!(ids[0], ids[1]);
    assert!(bench.status().is_done());
}

#[test]
fn a_revoked_handheld_keeps_everything_and_asks_to_be_paired_again() {
    for code in [ProblemCode::Unauthorized, ProblemCode::Revoked] {
        let mut bench = Bench::new();
        bench.write_events(3);
        bench.push(|_| Ok(problem(code)));
        let status = bench.status();
        assert_eq!(status.in_flight, 3);
        assert_eq!(status.pair_again.as_deref(), Some(code.as_str()));
        bench.push(|push| Ok(json(&receipt(push, 1, 1))));
        assert_eq!(bench.status().pair_again, None, "the server takes the token after all");
    }
}

#[test]
fn a_portals_401_does_not_ask_to_pair_again() {
    let mut bench = Bench::new();
    bench.write_events(1);
    bench.push(|_| Ok(html(401)));
    assert_eq!(bench.status().pair_again, None);
}

#[test]
fn timeouts_make_batches_smaller_down_to_fifty() {
    let mut bench = Bench::new();
    bench.write_events(400);
    let mut sizes = Vec::new();
    for _ in 0..12 {
        bench.push(|push| {
            sizes.push(read(push).items.len());
            Err(NoAnswer::Timeout)
        });
    }
    assert_eq!(sizes, [400, 400, 200, 200, 100, 100, 50, 50, 50, 50, 50, 50]);
    let mut total = 0;
    bench.push(|push| {
        total += read(push).items.len();
        Ok(json(&receipt(push, 1, 1)))
    });
    assert_eq!(total, 400);
}

#[test]
fn one_fact_that_the_server_fails_on_does_not_hold_up_the_others() {
    let mut bench = Bench::new();
    bench.write_events(12);
    for _ in 0..30 {
        bench.push(|push| {
            let items = read(push).items;
            if items.iter().any(|item| matches!(item, Item::Event(event) if event.sequence == 5)) {
                return Ok(problem(ProblemCode::Internal));
            }
            Ok(json(&receipt(push, 1, 1)))
        });
    }
    let status = bench.status();
    assert_eq!((status.receipted, status.in_flight, status.waiting), (11, 1, 0));
    assert_eq!(status.last_error.unwrap().code, "refused", "and it stays visible");
    bench.push(|push| Ok(json(&receipt(push, 1, 2))));
    assert!(bench.status().is_done());
}

#[test]
fn a_telegram_never_travels_after_its_receptions() {
    let mut bench = Bench::new();
    for _ in 0..30 {
        bench.hear(3);
    }
    let mut arrived = BTreeSet::new();
    let mut attempts = 0;
    for _ in 0..200 {
        bench.push(|push| {
            attempts += 1;
            match attempts % 5 {
                0 => return Ok(problem(ProblemCode::TooLarge)),
                1 => return Err(NoAnswer::Timeout),
                2 => return Ok(problem(ProblemCode::BatchIdReused)),
                _ => {}
            }
            for item in read(push).items {
                match item {
                    Item::Telegram(telegram) => {
                        arrived.insert(telegram.id);
                    }
                    Item::Reception(reception) => assert!(arrived.contains(&reception.telegram)),
                    Item::Event(_) => {}
                }
            }
            Ok(json(&receipt(push, 1, 1)))
        });
    }
    assert_eq!(arrived.len(), 30);
    assert!(bench.status().is_done());
}
