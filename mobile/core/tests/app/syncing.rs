//! Exchanging with the server, without a network: requests come out, answers go in.

use field_core::app::model::{Event, SyncPhase};
use field_core::sync::{Answer, NoAnswer, Request, Trust, keep_pairing};
use serde::Serialize;
use sync_protocol::push::join_outcomes;
use sync_protocol::{
    BodyLimits, Change, ChangesPage, Cursor, Hello, ItemOutcome, PairAnswer, PushAnswer, ReplicaId, SCHEMA,
    Timestamp, Token, body,
};
use uuid::Uuid;

use crate::common::{changes_of, line, open, tour_id};
use crate::kit::Bench;

fn paired() -> Bench {
    let bench = Bench::with_tour(&[line(1, None)]);
    let answer = PairAnswer {
        replica: ReplicaId(Uuid::from_u128(7)),
        token: Token::new("a token that nobody may see".into()),
        server_name: "Office".into(),
    };
    let mut store = open(bench.folder.path());
    keep_pairing(&mut store, "https://office.example", "Anna", &Trust::Platform, &answer).unwrap();
    bench
}

fn json(body: &impl Serialize) -> Answer {
    let media_type = Some("application/json".into());
    Answer { status: 200, media_type, retry_after_s: None, body: serde_json::to_vec(body).unwrap() }
}

/// A server that has `changes` to tell and takes whatever it is offered.
fn answer(request: &Request, changes: &[Change]) -> Answer {
    match request {
        Request::Hello => json(&Hello {
            server_time: Timestamp::parse("2026-01-07T07:59:00Z").unwrap(),
            server_epoch: 1,
            safe_commit: 0,
            min_schema: 1,
            max_schema: SCHEMA,
            max_items: 5_000,
            max_body_bytes: 1 << 20,
        }),
        Request::Changes { .. } => {
            json(&ChangesPage { changes: changes.to_vec(), cursor: Cursor("9".into()), has_more: false })
        }
        Request::Push(push) => {
            let batch = body::read(&push.body, &BodyLimits::DEFAULT).unwrap();
            json(&PushAnswer {
                batch: batch.id,
                digest: push.digest,
                server_epoch: 1,
                commit: 1,
                safe_commit: 0,
                server_time: Timestamp::EPOCH,
                outcomes: join_outcomes(batch.items.iter().map(|_| ItemOutcome::Accepted)),
            })
        }
    }
}

/// Carries an exchange to its end.
fn exchange(bench: &mut Bench, changes: &[Change]) -> Vec<Event> {
    let now = bench.now();
    bench.app.begin_exchange(now).unwrap();
    while let Some(outgoing) = bench.app.poll_transmit(now, &mut bench.randomness).unwrap() {
        let answer = answer(&outgoing.request, changes);
        bench.app.handle_answer(outgoing.ticket, Ok(answer), now, &mut bench.randomness).unwrap();
    }
    assert!(!bench.app.is_exchanging());
    std::iter::from_fn(|| bench.app.poll_event()).collect()
}

#[test]
fn an_exchange_fetches_tours_offers_what_was_typed_and_shows_its_receipt() {
    let mut bench = paired();
    let now = bench.now();
    bench.app.add_note((tour_id(), line(1, None).id), "ring twice", now, &mut bench.randomness).unwrap();
    let waiting = std::iter::from_fn(|| bench.app.poll_event()).find_map(|event| match event {
        Event::Sync { sync } => Some(sync.waiting),
        _ => None,
    });
    assert_eq!(waiting, Some(1), "told at once");
    let lines = [line(1, None), line(2, None)];
    let said = exchange(&mut bench, &changes_of(&lines));
    let phases: Vec<SyncPhase> = said
        .iter()
        .filter_map(|event| if let Event::Sync { sync } = event { Some(sync.phase) } else { None })
        .collect();
    use SyncPhase::{Connecting, Idle, Pulling, Pushing};
    assert_eq!(phases, [Connecting, Connecting, Pulling, Pushing, Idle]);
    let tours =
        said.iter().find_map(|event| if let Event::Tours { tours } = event { Some(tours) } else { None });
    assert_eq!(tours.unwrap()[0].progress.meters, 2, "the new line is there before it is pushed");
    let sync = bench.app.sync().unwrap();
    assert_eq!((sync.waiting, sync.in_flight, sync.receipted, sync.safe), (0, 0, 1, 0));
    assert_eq!((sync.last_receipt_at, sync.last_pulled_at), (Some(now.wall), Some(now.wall)));
    assert_eq!(sync.clock_offset_ms, Some(60_000), "this handheld is a minute ahead");
    assert_eq!(sync.failure, None);
}

#[test]
fn a_failure_stays_until_a_receipt_comes_and_is_tried_again_unasked() {
    let mut bench = paired();
    let now = bench.now();
    bench.app.add_note((tour_id(), line(1, None).id), "ring twice", now, &mut bench.randomness).unwrap();
    bench.app.begin_exchange(now).unwrap();
    let outgoing = bench.app.poll_transmit(now, &mut bench.randomness).unwrap().unwrap();
    let none = Err(NoAnswer::Unreachable);
    bench.app.handle_answer(outgoing.ticket, none, now, &mut bench.randomness).unwrap();
    assert!(bench.app.poll_transmit(now, &mut bench.randomness).unwrap().is_none());
    let failure = bench.app.sync().unwrap().failure.unwrap();
    assert_eq!((failure.error.code, failure.attempts, failure.since), ("unreachable", 1, now.wall));

    let mut bench = bench.killed();
    assert!(bench.app.sync().unwrap().failure.is_some(), "however often the app is started");
    bench.run(2_000);
    assert!(bench.app.is_exchanging(), "the timer was armed again");
    exchange(&mut bench, &[]);
    assert_eq!(bench.app.sync().unwrap().failure, None);
}

#[test]
fn a_revoked_handheld_keeps_what_it_read_and_does_not_knock_again_unasked() {
    let mut bench = paired();
    let now = bench.now();
    bench.app.add_note((tour_id(), line(1, None).id), "ring twice", now, &mut bench.randomness).unwrap();
    bench.app.begin_exchange(now).unwrap();
    let outgoing = bench.app.poll_transmit(now, &mut bench.randomness).unwrap().unwrap();
    let refused = Answer {
        status: 403,
        media_type: Some("application/problem+json".into()),
        retry_after_s: None,
        body: br#"{"code":"revoked","title":"t","status":403,"detail":"d"}"#.to_vec(),
    };
    bench.app.handle_answer(outgoing.ticket, Ok(refused), now, &mut bench.randomness).unwrap();
    assert!(bench.app.poll_transmit(now, &mut bench.randomness).unwrap().is_none());
    let sync = bench.app.sync().unwrap();
    assert_eq!(sync.failure.map(|failure| failure.error.code), Some("revoked"));
    assert_eq!(sync.waiting + sync.in_flight, 1);
    bench.run(3_600_000);
    assert!(!bench.app.is_exchanging());
}

#[test]
fn an_answer_to_another_identity_is_dropped() {
    let mut bench = paired();
    let now = bench.now();
    bench.app.begin_exchange(now).unwrap();
    let outgoing = bench.app.poll_transmit(now, &mut bench.randomness).unwrap().unwrap();
    let stale = answer(&outgoing.request, &[]);
    bench.app.handle_answer(outgoing.ticket + 1, Ok(stale), now, &mut bench.randomness).unwrap();
    assert!(bench.app.poll_transmit(now, &mut bench.randomness).unwrap().is_none(), "still awaited");
    assert!(bench.app.is_exchanging());
}

#[test]
fn a_withdrawn_tour_ends_its_walk() {
    let mut bench = paired();
    bench.start("0F44AE0C785634120107780B13436587\n");
    let withdrawn = [Change::TourWithdrawn { tour: tour_id() }];
    let said = exchange(&mut bench, &withdrawn);
    let tours =
        said.iter().find_map(|event| if let Event::Tours { tours } = event { Some(tours) } else { None });
    assert!(tours.unwrap()[0].withdrawn);
    assert_eq!(bench.app.walk(bench.clock.now()).unwrap(), None);
    assert!(open(bench.folder.path()).open_session(tour_id()).unwrap().is_none());
    let now = bench.now();
    let refused = bench.app.add_note((tour_id(), line(1, None).id), "late", now, &mut bench.randomness);
    assert_eq!(refused.unwrap_err().code, "tour_withdrawn");
}
