//! Taking the feed of tours.

use sync_protocol::{Change, ProblemCode, Tour, TourId, TourMeter, TourMeterId};
use uuid::Uuid;

use super::Bench;
use super::office::{hello, page, pairing, problem};
use crate::sync::{
    Failure, NoAnswer, Plan, Progress, ProtocolRules, Request, SyncSession, Trust, keep_pairing,
};

fn tour(number: u128) -> Change {
    Change::Tour(Tour {
        id: TourId(Uuid::from_u128(number)),
        name: format!("tour {number}"),
        meters: 1,
        due_date: None,
    })
}

fn line(number: u128, tour: u128) -> Change {
    Change::TourMeter(Box::new(TourMeter {
        id: TourMeterId(Uuid::from_u128(number)),
        tour: TourId(Uuid::from_u128(tour)),
        ..TourMeter::default()
    }))
}

fn names(bench: &Bench) -> Vec<(String, bool, u32)> {
    let tours = bench.store.tours().unwrap();
    tours.into_iter().map(|tour| (tour.tour.name, tour.withdrawn, tour.lines)).collect()
}

/// Pulls, each request for changes being answered by the next reply.
fn pull(bench: &mut Bench, replies: Vec<super::Reply>) -> (Vec<Progress>, Vec<Option<String>>) {
    let mut session = SyncSession::new(ProtocolRules, Plan::Pull);
    let (mut replies, mut steps, mut cursors) = (replies.into_iter(), Vec::new(), Vec::new());
    while let Some(request) =
        session.poll_transmit(&mut bench.store, bench.now, &mut bench.randomness).unwrap()
    {
        let reply = match request {
            Request::Hello => Ok(hello(1, 0)),
            Request::Changes { cursor } => {
                cursors.push(cursor.map(|cursor| cursor.0));
                replies.next().expect("another request than expected")
            }
            Request::Push(push) => panic!("{push:?}"),
        };
        let step = match reply {
            Ok(answer) => session.handle_answer(&mut bench.store, &answer, bench.now, &mut bench.randomness),
            Err(lost) => session.handle_no_answer(&mut bench.store, lost, bench.now, &mut bench.randomness),
        };
        steps.push(step.unwrap());
    }
    (steps, cursors)
}

#[test]
fn pages_are_applied_one_by_one_and_a_break_resumes_at_the_cursor() {
    let mut bench = Bench::new();
    let first = page(vec![tour(1), line(10, 1)], "a", true);
    let (_, cursors) = pull(&mut bench, vec![Ok(first), Err(NoAnswer::Broken)]);
    assert_eq!(cursors, [None, Some("a".to_owned())]);
    assert_eq!(names(&bench), [("tour 1".to_owned(), false, 1)]);
    bench.restart();
    let (_, cursors) = pull(&mut bench, vec![Ok(page(vec![tour(2)], "b", false))]);
    assert_eq!(cursors, [Some("a".to_owned())]);
    assert_eq!(names(&bench).len(), 2);
    assert_eq!(bench.status().last_error, None);
}

#[test]
fn a_lost_cursor_refetches_everything_and_swaps_at_once() {
    let mut bench = Bench::new();
    pull(&mut bench, vec![Ok(page(vec![tour(1), line(10, 1), tour(2)], "a", false))]);
    // The cursor is gone; the refetch breaks after its first page: the old tours stand.
    let (steps, cursors) = pull(
        &mut bench,
        vec![
            Ok(problem(ProblemCode::CursorGone)),
            Ok(page(vec![tour(2), line(20, 2)], "x", true)),
            Err(NoAnswer::Broken),
        ],
    );
    assert_eq!(steps[1], Progress::Refetching);
    assert_eq!(cursors, [Some("a".to_owned()), None, Some("x".to_owned())]);
    assert_eq!(names(&bench).iter().map(|tour| tour.2).collect::<Vec<_>>(), [1, 0]);
    bench.restart();
    let (_, cursors) = pull(&mut bench, vec![Ok(page(vec![tour(3)], "y", false))]);
    assert_eq!(cursors, [Some("x".to_owned())]);
    let tours = names(&bench);
    assert!(tours.contains(&("tour 1".to_owned(), true, 1)), "what the office no longer names: {tours:?}");
    assert!(tours.contains(&("tour 2".to_owned(), false, 1)));
    assert!(tours.contains(&("tour 3".to_owned(), false, 0)));
    let (_, cursors) = pull(&mut bench, vec![Ok(page(vec![], "y", false))]);
    assert_eq!(cursors, [Some("y".to_owned())]);
}

#[test]
fn a_server_that_loses_no_cursor_does_not_make_the_handheld_spin() {
    let mut bench = Bench::new();
    let (steps, _) = pull(&mut bench, vec![Ok(problem(ProblemCode::CursorGone))]);
    assert!(matches!(steps[1], Progress::Stopped(Failure::Refused { .. })), "{steps:?}");
}

#[test]
fn a_feed_that_does_not_come_forward_ends_the_session() {
    let mut bench = Bench::new();
    let still = || Ok(page(vec![tour(1)], "a", true));
    let (steps, _) = pull(&mut bench, vec![still(), still()]);
    assert!(matches!(steps[2], Progress::Stopped(Failure::NotAnAnswer { .. })), "{steps:?}");
    let gone = || Ok(problem(ProblemCode::CursorGone));
    let (steps, _) = pull(&mut bench, vec![gone(), Ok(page(vec![tour(1)], "b", true)), gone()]);
    assert!(matches!(steps[3], Progress::Stopped(Failure::Refused { .. })), "{steps:?}");
    let (_, cursors) = pull(&mut bench, vec![Ok(page(vec![tour(2)], "c", false))]);
    assert_eq!(cursors, [None], "from the beginning");
}

#[test]
fn a_new_identity_walks_the_tours_that_it_is_given_and_no_others() {
    let mut bench = Bench::new();
    pull(&mut bench, vec![Ok(page(vec![tour(1), line(10, 1)], "a", false))]);
    keep_pairing(&mut bench.store, "http://office", "handheld", &Trust::Platform, &pairing(2)).unwrap();
    assert!(names(&bench).contains(&("tour 1".to_owned(), false, 1)), "until the new ones are here");
    let (_, cursors) = pull(&mut bench, vec![Ok(page(vec![tour(2)], "b", false))]);
    assert_eq!(cursors, [None]);
    let tours = names(&bench);
    assert!(tours.contains(&("tour 1".to_owned(), true, 1)), "{tours:?}");
    assert!(tours.contains(&("tour 2".to_owned(), false, 0)), "{tours:?}");
}
