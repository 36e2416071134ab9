//! Any order, any repetition, any mixture of handhelds: the same database.

use proptest::prelude::*;
use sync_protocol::{Batch, ClockSample, EventKind, Item, ReplicaId, TourId, TourMeterId};
use sync_server::Actor;

use crate::kit::{Database, Kit, batch};
use crate::telegrams::{
    KEY, boot, encrypted, event, fragments, full_and_compact, heard_at, manual_reading, plain, reception,
};

/// Batches of two handhelds that heard some of the same telegrams; telegrams and their receptions
/// travel apart, so that some orders bring a reception first.
fn batches(anna: ReplicaId, berta: ReplicaId) -> Vec<Batch> {
    let tour = TourId::default();
    let telegrams = [plain(1, 1, 100, 90), plain(1, 2, 101, 90), encrypted(2, 1, 7), encrypted(3, 1, 8)];
    let telegram = |place: usize| Item::Telegram(telegrams[place].clone());
    let told = |id, place: usize| Item::Reception(reception(id, telegrams[place].id, tour));
    let line = TourMeterId::default();
    let note = EventKind::Note { text: "dog".to_owned() };
    let mut correction = event(2, tour, line, manual_reading("13"));
    correction.supersedes = Some(event(1, tour, line, note.clone()).id);
    let (message, [full, compact]) = (fragments(2, 5, 900), full_and_compact(4, 42));
    let fragment = |place: usize| Item::Telegram(message[place].clone());
    let rest = message[2..].iter().cloned().map(Item::Telegram);
    let mut with_clock = batch(anna, 5, vec![told(5, 3)]);
    with_clock.clock =
        vec![ClockSample { boot: boot(), taken_at: heard_at(), offset_ms: -700, round_trip_ms: 20 }];
    vec![
        batch(anna, 1, vec![telegram(0), told(1, 0), telegram(2)]),
        batch(anna, 2, vec![told(2, 1), told(3, 2)]),
        batch(anna, 3, vec![telegram(1), Item::Event(event(1, tour, line, note))]),
        batch(berta, 4, vec![telegram(0), told(4, 0), told(6, 2), telegram(3), telegram(3)]),
        with_clock,
        batch(berta, 6, vec![Item::Event(correction), telegram(1), told(7, 1)]),
        batch(anna, 7, rest.chain([Item::Telegram(compact), fragment(0)]).collect()),
        batch(berta, 8, vec![fragment(1), Item::Telegram(full)]),
    ]
}

/// Pushes batches as they come, with a key that arrives somewhere between them.
async fn dump_of(kit: &Kit, order: &[usize], key_after: usize) -> String {
    let (anna, berta) = (kit.pair("anna").await, kit.pair("berta").await);
    let batches = batches(anna, berta);
    let keys = format!("id;key\n00000002;{KEY}\n");
    for (count, place) in order.iter().enumerate() {
        if count == key_after {
            kit.service.import_keys(Actor::Admin, keys.as_bytes()).await.unwrap();
        }
        kit.push(&batches[*place]).await.unwrap();
        kit.advance_seconds(7);
    }
    if key_after >= order.len() {
        kit.service.import_keys(Actor::Admin, keys.as_bytes()).await.unwrap();
    }
    kit.service.dump().await.unwrap()
}

/// An order of all batches, some of them again.
fn orders() -> impl Strategy<Value = (Vec<usize>, usize)> {
    let count = batches(ReplicaId::default(), ReplicaId::default()).len();
    let again = prop::collection::vec(0..count, 0..4);
    let all = again.prop_map(move |again| (0..count).chain(again).collect::<Vec<_>>());
    (all.prop_shuffle(), 0..=count)
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

async fn expected() -> String {
    let dump = dump_of(&Kit::memory().await, &[0, 1, 2, 3, 4, 5, 6, 7], 0).await;
    assert_eq!(
        dump.lines().filter(|line| line.starts_with("telegram ")).count(),
        6 + fragments(2, 5, 900).len()
    );
    assert_eq!(dump.lines().filter(|line| line.starts_with("reception ")).count(), 7, "{dump}");
    assert_eq!(dump.lines().filter(|line| line.starts_with("event ")).count(), 2, "{dump}");
    assert!(!dump.contains("waiting") && dump.contains("0.007"), "{dump}");
    assert!(dump.contains("0.042") && dump.contains("0.900"), "{dump}");
    dump
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_repetition_ends_the_same_in_memory((order, key_after) in orders()) {
        let (dump, expected) =
            runtime().block_on(async { (dump_of(&Kit::memory().await, &order, key_after).await, expected().await) });
        prop_assert_eq!(dump, expected);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn any_order_and_repetition_ends_the_same_on_sqlite((order, key_after) in orders()) {
        let (dump, expected) =
            runtime().block_on(async { (dump_of(&Kit::sqlite().await, &order, key_after).await, expected().await) });
        prop_assert_eq!(dump, expected);
    }

    #[test]
    fn any_order_and_repetition_ends_the_same_on_postgres((order, key_after) in orders()) {
        let dumps = runtime().block_on(async {
            let database = Database::create().await?;
            let kit = database.kit().await;
            let dumps = (dump_of(&kit, &order, key_after).await, expected().await);
            drop(kit);
            database.remove().await;
            Some(dumps)
        });
        if let Some((dump, expected)) = dumps {
            prop_assert_eq!(dump, expected);
        }
    }
}
