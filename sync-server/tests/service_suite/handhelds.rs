//! Which handhelds are behind.

use sync_protocol::{EventKind, Item, ProblemCode, ReplicaId};
use sync_server::Actor;
use sync_server::service::{HandheldDetail, SyncState};
use uuid::Uuid;

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::event;

on_every_store! {
    a_handheld_that_only_paired_never_spoke,
    a_handheld_is_behind_until_it_pulled_and_pushed,
    a_handheld_that_pulls_from_the_begin_again_is_given_everything_again,
    a_day_of_silence_counts_while_a_tour_is_open,
    a_revoked_handheld_is_only_that,
    tours_are_shown_while_they_are_released_and_assigned,
}

const CSV: &str = "meter_no;radio_id\na;00000001\nb;00000002\n";

async fn detail(kit: &Kit, replica: ReplicaId) -> HandheldDetail {
    let one = kit.service.handheld_detail(replica).await.unwrap();
    let all = kit.service.handheld_details().await.unwrap();
    assert_eq!(all.into_iter().find(|found| found.summary.replica == replica), Some(one.clone()));
    one
}

async fn state(kit: &Kit, replica: ReplicaId) -> SyncState {
    detail(kit, replica).await.sync_state
}

async fn a_handheld_that_only_paired_never_spoke(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let found = detail(kit, replica).await;
    assert_eq!((found.sync_state, found.summary.last_seen), (SyncState::Never, None));
    assert_eq!((found.unpulled_changes, found.waiting_items, found.tours), (0, None, Vec::new()));
    kit.service.note_contact(replica, None).await;
    let found = detail(kit, replica).await;
    assert_eq!((found.sync_state, found.summary.last_seen), (SyncState::Current, Some(kit.service.now())));
    let unknown = kit.service.handheld_detail(ReplicaId(Uuid::from_u128(1))).await.unwrap_err();
    assert_eq!(unknown.code(), ProblemCode::NotFound);
}

async fn a_handheld_is_behind_until_it_pulled_and_pushed(kit: &Kit) {
    let (replica, other) = (kit.pair("anna").await, kit.pair("ben").await);
    kit.service.note_contact(replica, None).await;
    kit.service.note_contact(other, None).await;
    kit.released_tour(CSV, replica).await;
    let found = detail(kit, replica).await;
    assert_eq!((found.sync_state, found.unpulled_changes), (SyncState::Behind, 3), "the tour and two lines");
    assert_eq!(state(kit, other).await, SyncState::Current);

    let first = kit.service.changes(replica, None, 2).await.unwrap();
    assert_eq!(detail(kit, replica).await.unpulled_changes, 1);
    kit.service.changes(replica, Some(&first.cursor), 2).await.unwrap();
    let found = detail(kit, replica).await;
    assert_eq!((found.sync_state, found.unpulled_changes), (SyncState::Current, 0));

    kit.service.note_contact(replica, Some(7)).await;
    let found = detail(kit, replica).await;
    assert_eq!((found.sync_state, found.waiting_items), (SyncState::Behind, Some(7)));
    kit.advance_seconds(60);
    kit.service.note_contact(replica, None).await;
    assert_eq!(detail(kit, replica).await.waiting_items, Some(7), "a request that does not say leaves it");
    kit.push(&batch(replica, 1, Vec::new())).await.unwrap();
    kit.service.note_contact(replica, Some(0)).await;
    let found = detail(kit, replica).await;
    assert_eq!((found.sync_state, found.waiting_items), (SyncState::Current, Some(0)));
    assert_eq!(found.summary.last_push_at, Some(kit.service.now()));
}

async fn a_handheld_that_pulls_from_the_begin_again_is_given_everything_again(kit: &Kit) {
    let replica = kit.pair("anna").await;
    kit.released_tour(CSV, replica).await;
    kit.service.changes(replica, None, 1_000).await.unwrap();
    // The app was set up anew from a copy: it has less than it was given.
    kit.service.changes(replica, None, 1).await.unwrap();
    let found = detail(kit, replica).await;
    assert_eq!((found.sync_state, found.unpulled_changes), (SyncState::Behind, 2));
}

async fn a_day_of_silence_counts_while_a_tour_is_open(kit: &Kit) {
    let (walker, idle) = (kit.pair("anna").await, kit.pair("ben").await);
    let tour = kit.released_tour(CSV, walker).await;
    kit.service.changes(walker, None, 1_000).await.unwrap();
    kit.service.note_contact(idle, None).await;
    kit.advance_seconds(24 * 60 * 60 - 1);
    assert_eq!(state(kit, walker).await, SyncState::Current);
    kit.advance_seconds(1);
    assert_eq!((state(kit, walker).await, state(kit, idle).await), (SyncState::Silent, SyncState::Current));

    // Skipped lines are not left to do.
    let skip = EventKind::Skip { reason: "no_access".to_owned(), note: None };
    let lines = kit.lines(tour).await;
    let skips = (1..).zip(&lines).map(|(id, line)| Item::Event(event(id, tour, line.id, skip.clone())));
    kit.push(&batch(walker, 1, skips.collect())).await.unwrap();
    kit.advance_seconds(24 * 60 * 60);
    assert_eq!(detail(kit, walker).await.tours[0].missing, 0);
    assert_eq!(state(kit, walker).await, SyncState::Current);
}

async fn a_revoked_handheld_is_only_that(kit: &Kit) {
    let (spoke, never) = (kit.pair("anna").await, kit.pair("ben").await);
    kit.released_tour(CSV, spoke).await;
    kit.service.note_contact(spoke, Some(7)).await;
    for replica in [spoke, never] {
        kit.service.revoke(Actor::Admin, replica).await.unwrap();
        assert_eq!(state(kit, replica).await, SyncState::Revoked);
    }
}

async fn tours_are_shown_while_they_are_released_and_assigned(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let import = kit.service.create_tour(Actor::Admin, "north", CSV.as_bytes()).await.unwrap();
    let tour = import.tour.unwrap();
    kit.service.assign_tour(Actor::Admin, tour, replica).await.unwrap();
    assert_eq!(detail(kit, replica).await.tours, []);
    kit.service.release_tour(Actor::Admin, tour).await.unwrap();
    let shown = detail(kit, replica).await.tours;
    assert_eq!(shown.len(), 1);
    assert_eq!((shown[0].id, shown[0].name.as_str(), shown[0].missing), (tour, "north", 2));
    kit.service.withdraw_tour(Actor::Admin, tour, replica).await.unwrap();
    assert_eq!(detail(kit, replica).await.tours, []);
}
