//! Being paired, and being paired anew.

use super::Bench;
use super::office::{hello, json, pairing, read, receipt};
use crate::sync::{NoAnswer, Plan, ProtocolRules, Request, SyncError, SyncSession, Trust, keep_pairing};

#[test]
fn without_a_pairing_nothing_is_sent() {
    let mut bench = Bench::new();
    bench.store.connection().execute_batch("DELETE FROM pairing").unwrap();
    let mut session = SyncSession::new(ProtocolRules, Plan::Both);
    let polled = session.poll_transmit(&mut bench.store, bench.now, &mut bench.randomness);
    assert!(matches!(polled, Err(SyncError::NotPaired)));
}

#[test]
fn a_new_identity_cuts_anew_what_the_old_one_cut() {
    let mut bench = Bench::new();
    bench.write_events(3);
    bench.push(|_| Err(NoAnswer::Broken));
    assert_eq!(bench.status().in_flight, 3);
    keep_pairing(&mut bench.store, "http://office", "handheld", &Trust::Platform, &pairing(2)).unwrap();
    assert_eq!(bench.status().waiting, 3);
    bench.push(|push| {
        assert_eq!(push.replica, pairing(2).replica);
        assert_eq!(read(push).replica, push.replica);
        Ok(json(&receipt(push, 1, 1)))
    });
    assert!(bench.status().is_done());
}

#[test]
fn another_server_is_offered_what_is_not_safe_with_the_old_one() {
    let mut bench = Bench::new();
    bench.write_events(1);
    bench.push(|push| Ok(json(&receipt(push, 1, 1))));
    bench.sync(|_| Ok(hello(1, 1)));
    bench.write_events(2);
    bench.push(|push| Ok(json(&receipt(push, 1, 2))));
    keep_pairing(&mut bench.store, "http://other", "handheld", &Trust::Platform, &pairing(2)).unwrap();
    let mut offered = 0;
    bench.sync(|request| match request {
        Request::Push(push) => {
            offered += read(push).items.len();
            Ok(json(&receipt(push, 1, 5)))
        }
        _ => Ok(hello(1, 0)),
    });
    assert_eq!(offered, 2);
}

#[test]
fn the_token_is_in_no_debug_output() {
    let bench = Bench::new();
    let pairing = crate::store::pairing::read(bench.store.connection()).unwrap().unwrap();
    let client = crate::sync::Client::new("http://office", &Trust::Platform)
        .unwrap()
        .with_token(pairing.token.clone());
    for text in [format!("{pairing:?}"), format!("{client:?}"), format!("{:?}", bench.status())] {
        assert!(!text.contains("a token that nobody sees"), "{text}");
    }
    assert_eq!(pairing.token.expose(), "a token that nobody sees");
}
