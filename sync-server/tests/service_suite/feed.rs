//! The feed of tours: gap-free, resumable, and only of what a handheld is to see.

use sync_protocol::{Change, Cursor, ProblemCode, ReplicaId, TourId};
use sync_server::Actor;

use crate::kit::{Kit, on_every_store};
use crate::telegrams::KEY;

on_every_store! {
    a_tour_is_seen_once_it_is_assigned_and_released,
    pages_follow_one_another_and_give_everything_once,
    a_withdrawn_tour_is_told_and_its_lines_are_not,
    a_tour_that_was_withdrawn_may_come_back,
    several_handhelds_have_a_tour_and_each_its_own_feed,
    a_cursor_of_another_life_is_gone,
    a_revoked_handheld_gets_nothing,
}

const CSV: &str = "meter_no;radio_id;key\na;00000001;000102030405060708090A0B0C0D0E0F\nb;00000002;\nc;;\n";

async fn changes(kit: &Kit, replica: ReplicaId, cursor: Option<&Cursor>) -> (Vec<String>, Cursor) {
    let page = kit.service.changes(replica, cursor, 1_000).await.unwrap();
    assert!(!page.has_more);
    (page.changes.iter().map(told).collect(), page.cursor)
}

fn told(change: &Change) -> String {
    match change {
        Change::Tour(tour) => format!("tour {} of {}", tour.name, tour.meters),
        Change::TourMeter(line) => format!("line {} key {}", line.meter_number, line.key.is_some()),
        Change::TourWithdrawn { .. } => "withdrawn".to_owned(),
    }
}

async fn create(kit: &Kit) -> TourId {
    kit.service.create_tour(Actor::Admin, "north", CSV.as_bytes()).await.unwrap().tour.unwrap()
}

const WHOLE: [&str; 4] = ["tour north of 3", "line a key true", "line b key false", "line c key false"];

async fn a_tour_is_seen_once_it_is_assigned_and_released(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = create(kit).await;
    kit.service.assign_tour(Actor::Admin, tour, replica).await.unwrap();
    let (none, cursor) = changes(kit, replica, None).await;
    assert_eq!(none, Vec::<String>::new());
    kit.service.release_tour(Actor::Admin, tour).await.unwrap();
    let (whole, cursor) = changes(kit, replica, Some(&cursor)).await;
    assert_eq!(whole, WHOLE);
    assert_eq!(changes(kit, replica, Some(&cursor)).await, (Vec::new(), cursor));
    let released = kit.service.tour_overview(tour).await.unwrap().summary;
    assert_eq!((released.released_at, released.replicas), (Some(kit.service.now()), vec![replica]));

    let late = kit.pair("berta").await;
    kit.service.assign_tour(Actor::Admin, tour, late).await.unwrap();
    assert_eq!(changes(kit, late, None).await.0, WHOLE);
}

async fn pages_follow_one_another_and_give_everything_once(kit: &Kit) {
    let replica = kit.pair("anna").await;
    kit.released_tour(CSV, replica).await;
    kit.released_tour(CSV, replica).await;
    let mut all = Vec::new();
    let mut cursor = None;
    loop {
        let page = kit.service.changes(replica, cursor.as_ref(), 3).await.unwrap();
        assert!(page.changes.len() <= 3);
        all.extend(page.changes.iter().map(told));
        cursor = Some(page.cursor);
        if !page.has_more {
            break;
        }
    }
    assert_eq!(all, [WHOLE, WHOLE].concat());
}

async fn a_withdrawn_tour_is_told_and_its_lines_are_not(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour(CSV, replica).await;
    let (_, cursor) = changes(kit, replica, None).await;
    kit.service.withdraw_tour(Actor::Admin, tour, replica).await.unwrap();
    assert_eq!(changes(kit, replica, Some(&cursor)).await.0, ["withdrawn"]);
    assert_eq!(changes(kit, replica, None).await.0, ["withdrawn"]);
    let again = kit.service.withdraw_tour(Actor::Admin, tour, replica).await.unwrap_err();
    assert_eq!(again.code(), ProblemCode::NotFound);
    // A key that comes now is not told to a handheld that no longer has the tour.
    let keys = format!("id;key\n00000002;{KEY}\n");
    kit.service.import_keys(Actor::Admin, keys.as_bytes()).await.unwrap();
    assert_eq!(changes(kit, replica, None).await.0, ["withdrawn"]);
}

async fn a_tour_that_was_withdrawn_may_come_back(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour(CSV, replica).await;
    kit.service.withdraw_tour(Actor::Admin, tour, replica).await.unwrap();
    let (_, cursor) = changes(kit, replica, None).await;
    kit.service.assign_tour(Actor::Admin, tour, replica).await.unwrap();
    assert_eq!(changes(kit, replica, Some(&cursor)).await.0, WHOLE);
}

async fn several_handhelds_have_a_tour_and_each_its_own_feed(kit: &Kit) {
    let (anna, berta) = (kit.pair("anna").await, kit.pair("berta").await);
    let tour = kit.released_tour(CSV, anna).await;
    kit.service.assign_tour(Actor::Admin, tour, berta).await.unwrap();
    kit.service.assign_tour(Actor::Admin, tour, berta).await.unwrap();
    kit.service.withdraw_tour(Actor::Admin, tour, anna).await.unwrap();
    assert_eq!(changes(kit, anna, None).await.0, ["withdrawn"]);
    assert_eq!(changes(kit, berta, None).await.0, WHOLE);
    assert_eq!(kit.service.tour_overview(tour).await.unwrap().summary.replicas, [berta]);
}

async fn a_cursor_of_another_life_is_gone(kit: &Kit) {
    let replica = kit.pair("anna").await;
    kit.released_tour(CSV, replica).await;
    let (_, cursor) = changes(kit, replica, None).await;
    for bad in ["", "1", "1-", "x-1", "1-999999", "2-1"] {
        let bad = Cursor(bad.to_owned());
        let gone = kit.service.changes(replica, Some(&bad), 10).await.unwrap_err();
        assert_eq!(gone.code(), ProblemCode::CursorGone, "{bad:?}");
    }
    kit.service.begin_new_epoch(Actor::Operator).await.unwrap();
    let gone = kit.service.changes(replica, Some(&cursor), 10).await.unwrap_err();
    assert_eq!(gone.code(), ProblemCode::CursorGone);
    assert_eq!(changes(kit, replica, None).await.0, WHOLE);
}

async fn a_revoked_handheld_gets_nothing(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = kit.released_tour(CSV, replica).await;
    kit.service.revoke(Actor::Admin, replica).await.unwrap();
    let refused = kit.service.changes(replica, None, 10).await.unwrap_err();
    assert_eq!(refused.code(), ProblemCode::Revoked);
    let assign = kit.service.assign_tour(Actor::Admin, tour, replica).await.unwrap_err();
    assert_eq!(assign.code(), ProblemCode::Conflict);
}
