//! Batches: receipts, repetition, reused identities, items that are not what they say.

use sync_protocol::{
    BatchId, Digest, Item, ItemOutcome, OutcomeRange, ProblemCode, ReplicaId, Telegram, TelegramId, TourId,
    body,
};
use sync_server::service::ReadingQuery;
use uuid::Uuid;

use crate::kit::{GiveUp, Kit, batch, on_every_store};
use crate::telegrams::{encrypted, event, heard, manual_reading, plain, reception};

on_every_store! {
    a_batch_gets_a_receipt_with_an_outcome_for_every_item,
    a_repeated_push_gets_the_same_receipt_and_changes_nothing,
    the_same_id_with_other_bytes_is_refused_and_changes_nothing,
    a_body_that_was_damaged_or_is_another_ones_is_refused,
    a_bad_item_is_kept_aside_and_does_not_lose_the_good_ones,
    numbers_and_texts_that_no_database_keeps_are_kept_aside,
    two_handhelds_share_a_telegram_and_keep_their_receptions,
    a_reused_event_id_is_kept_aside_and_the_first_event_stays,
    a_batch_of_nothing_is_a_batch,
    readings_are_exact_and_dated,
    a_push_that_is_given_up_at_any_point_ends_the_same_when_repeated,
}

fn range(from: u32, to: u32, outcome: ItemOutcome) -> OutcomeRange {
    OutcomeRange { from, to, outcome }
}

fn quarantined(code: &str) -> ItemOutcome {
    ItemOutcome::Quarantined { code: code.to_owned() }
}

async fn a_batch_gets_a_receipt_with_an_outcome_for_every_item(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = TourId::default();
    let mut items = heard(1, &plain(1, 1, 100, 90), tour);
    items.extend(heard(2, &plain(1, 1, 100, 90), tour));
    let sent = batch(replica, 7, items);
    let answer = kit.push(&sent).await.unwrap();
    assert_eq!(answer.batch, sent.id);
    assert_eq!(answer.digest, Digest::of(&body::write(&sent)));
    assert_eq!((answer.server_epoch, answer.safe_commit), (1, 0));
    assert_eq!(answer.server_time, kit.service.now());
    let duplicate = range(2, 2, ItemOutcome::Duplicate);
    let accepted = |from, to| range(from, to, ItemOutcome::Accepted);
    assert_eq!(answer.outcomes, [accepted(0, 1), duplicate, accepted(3, 3)]);

    let statistics = kit.service.statistics().await.unwrap();
    assert_eq!(statistics.commit, answer.commit);
    assert_eq!((statistics.waiting_receptions, statistics.quarantined), (0, 0));
}

async fn a_repeated_push_gets_the_same_receipt_and_changes_nothing(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let sent = batch(replica, 7, heard(1, &plain(1, 1, 100, 90), TourId::default()));
    let first = kit.push(&sent).await.unwrap();
    let dump = kit.service.dump().await.unwrap();
    kit.advance_seconds(60);
    let commit = kit.service.statistics().await.unwrap().commit;
    kit.service.record_backup(sync_server::Actor::Operator, commit).await.unwrap();

    let again = kit.push(&sent).await.unwrap();
    assert_eq!((again.commit, &again.outcomes, again.digest), (first.commit, &first.outcomes, first.digest));
    assert_eq!(again.safe_commit, commit);
    assert_eq!(kit.service.dump().await.unwrap(), dump);
    assert_eq!(kit.service.receipt(replica, sent.id).await.unwrap(), again);
    let unknown = kit.service.receipt(replica, BatchId(Uuid::from_u128(8))).await.unwrap_err();
    assert_eq!(unknown.code(), ProblemCode::NotFound);
}

async fn the_same_id_with_other_bytes_is_refused_and_changes_nothing(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = TourId::default();
    kit.push(&batch(replica, 7, heard(1, &plain(1, 1, 100, 90), tour))).await.unwrap();
    let dump = kit.service.dump().await.unwrap();
    let other = batch(replica, 7, heard(2, &plain(2, 1, 100, 90), tour));
    assert_eq!(kit.push(&other).await.unwrap_err().code(), ProblemCode::BatchIdReused);
    assert_eq!(kit.service.dump().await.unwrap(), dump);

    let berta = kit.pair("berta").await;
    let same_id = batch(berta, 7, heard(2, &plain(2, 1, 100, 90), tour));
    kit.push(&same_id).await.expect("another handheld may have minted the same id");
}

async fn a_body_that_was_damaged_or_is_another_ones_is_refused(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let sent = batch(replica, 7, heard(1, &plain(1, 1, 100, 90), TourId::default()));
    let body = body::write(&sent);
    let digest = Digest::of(&body);
    let code = |result: Result<_, sync_server::ServiceError>| {
        result.map(|_: sync_protocol::PushAnswer| ()).unwrap_err().code()
    };

    let mut flipped = body.clone();
    flipped[20] ^= 0x10;
    let damaged = kit.service.push(replica, sent.id, &digest, &flipped).await;
    assert_eq!(code(damaged), ProblemCode::DigestMismatch);

    let cut = &body[..body.len() - 5];
    let truncated = kit.service.push(replica, sent.id, &Digest::of(cut), cut).await;
    assert_eq!(code(truncated), ProblemCode::Unprocessable);

    let other_id = kit.service.push(replica, BatchId(Uuid::from_u128(8)), &digest, &body).await;
    assert_eq!(code(other_id), ProblemCode::Unprocessable);

    let berta = kit.pair("berta").await;
    assert_eq!(code(kit.service.push(berta, sent.id, &digest, &body).await), ProblemCode::Forbidden);

    let stranger = batch(ReplicaId(Uuid::from_u128(0xBAD)), 9, Vec::new());
    assert_eq!(code(kit.push(&stranger).await), ProblemCode::Unauthorized);
    assert!(!kit.service.dump().await.unwrap().contains("telegram"));
}

async fn a_bad_item_is_kept_aside_and_does_not_lose_the_good_ones(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let good = plain(1, 1, 100, 90);
    let mut longer = good.frame.clone();
    longer[0] += 1;
    let items = vec![
        Item::Telegram(Telegram { id: TelegramId([1; 32]), frame: good.frame.clone() }),
        Item::Telegram(Telegram::new(vec![1, 2, 3])),
        Item::Telegram(Telegram::new(Vec::new())),
        Item::Telegram(Telegram::new(longer)),
        Item::Telegram(good.clone()),
    ];
    let answer = kit.push(&batch(replica, 7, items)).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&quarantined("telegram_id_mismatch")));
    for position in 1..=3 {
        assert!(
            matches!(answer.outcome(position), Some(ItemOutcome::Quarantined { code }) if code.contains("frame")),
            "{position}: {:?}",
            answer.outcome(position)
        );
    }
    assert_eq!(answer.outcome(4), Some(&ItemOutcome::Accepted));

    let mut tx = kit.store.begin_read().await.unwrap();
    let quarantine = tx.quarantine().await.unwrap();
    assert_eq!(quarantine.iter().map(|row| row.position).collect::<Vec<_>>(), [0, 1, 2, 3]);
    let kept: Item = minicbor::decode(&quarantine[0].item).unwrap();
    assert_eq!(kept, Item::Telegram(Telegram { id: TelegramId([1; 32]), frame: good.frame }));
}

async fn numbers_and_texts_that_no_database_keeps_are_kept_aside(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = plain(1, 1, 100, 90);
    let told = reception(1, telegram.id, TourId::default());
    let mut huge = told.clone();
    huge.sequence = u64::MAX;
    let mut nul = told.clone();
    nul.receiver = Some("st\0ick".to_owned());
    let line = sync_protocol::TourMeterId::default();
    let note = event(1, told.tour, line, sync_protocol::EventKind::Note { text: "\0".to_owned() });
    let items =
        vec![Item::Telegram(telegram), Item::Reception(huge), Item::Reception(nul), Item::Event(note)];
    let answer = kit.push(&batch(replica, 7, items)).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&ItemOutcome::Accepted));
    assert_eq!(answer.outcome(1), Some(&quarantined("number_out_of_range")));
    assert_eq!(answer.outcome(2), Some(&quarantined("text_with_nul")));
    assert_eq!(answer.outcome(3), Some(&quarantined("text_with_nul")));
}

async fn two_handhelds_share_a_telegram_and_keep_their_receptions(kit: &Kit) {
    let (anna, berta) = (kit.pair("anna").await, kit.pair("berta").await);
    let telegram = plain(1, 1, 100, 90);
    let tour = TourId::default();
    kit.push(&batch(anna, 1, heard(1, &telegram, tour))).await.unwrap();
    let answer = kit.push(&batch(berta, 2, heard(2, &telegram, tour))).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&ItemOutcome::Duplicate));
    assert_eq!(answer.outcome(1), Some(&ItemOutcome::Accepted));
    let detail = kit.service.telegram(&telegram.id).await.unwrap();
    let mut replicas: Vec<_> = detail.heard_by.iter().map(|heard| heard.replica).collect();
    replicas.sort();
    let mut expected = vec![anna, berta];
    expected.sort();
    assert_eq!(replicas, expected);
    assert!(detail.explanation.contains("volume"), "{}", detail.explanation);
}

async fn a_reused_event_id_is_kept_aside_and_the_first_event_stays(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let (tour, line) = (TourId::default(), sync_protocol::TourMeterId::default());
    let first = event(5, tour, line, manual_reading("12.5"));
    let other = event(5, tour, line, manual_reading("99"));
    let answer =
        kit.push(&batch(replica, 1, vec![Item::Event(first.clone()), Item::Event(other.clone())])).await;
    assert_eq!(answer.unwrap().outcome(1), Some(&quarantined("event_id_reused")));
    let later = vec![Item::Event(other), Item::Event(first)];
    let answer = kit.push(&batch(replica, 2, later)).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&quarantined("event_id_reused")));
    let dump = kit.service.dump().await.unwrap();
    assert!(dump.contains("12.5") && !dump.contains("\"99\""), "{dump}");
}

async fn a_batch_of_nothing_is_a_batch(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let sent = batch(replica, 1, Vec::new());
    let answer = kit.push(&sent).await.unwrap();
    assert_eq!(answer.outcomes, []);
    assert_eq!(kit.push(&sent).await.unwrap(), answer);
}

async fn readings_are_exact_and_dated(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let tour = TourId::default();
    let telegram = plain(1, 1, 123_450, 98_100);
    kit.push(&batch(replica, 1, heard(1, &telegram, tour))).await.unwrap();
    kit.push(&batch(replica, 2, heard(2, &encrypted(2, 1, 5), tour))).await.unwrap();
    let query = ReadingQuery { limit: 2, ..ReadingQuery::default() };
    let page = kit.service.readings(&query).await.unwrap();
    let second = kit.service.readings(&ReadingQuery { cursor: page.cursor.clone(), ..query }).await.unwrap();
    assert_eq!(second.cursor, None);
    let all: Vec<_> = page.readings.into_iter().chain(second.readings).collect();
    let told: Vec<_> = all
        .iter()
        .map(|r| {
            (
                r.quantity.as_str(),
                r.value.as_deref().unwrap(),
                r.unit.as_str(),
                r.storage,
                r.value_date.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("volume", "123.450", "m³", 0, None),
            ("volume", "98.100", "m³", 1, Some("2026-10-31")),
            ("date", "2026-10-31", "", 1, Some("2026-10-31")),
            ("external_temperature", "21.5", "°C", 0, None),
        ]
    );
    assert!(all.iter().all(|reading| reading.meter == "KAM-00000001-1B-16"));
    assert!(all.iter().all(|reading| reading.time_quality.as_deref() == Some("unverified")));

    let of_meter =
        ReadingQuery { meter: Some("KAM-00000002-1B-16".to_owned()), limit: 10, ..ReadingQuery::default() };
    assert_eq!(kit.service.readings(&of_meter).await.unwrap().readings, []);
    let of_tour =
        ReadingQuery { tour: Some(tour), meter: Some(all[0].meter.clone()), limit: 10, cursor: None };
    assert_eq!(kit.service.readings(&of_tour).await.unwrap().readings.len(), 4);
    let elsewhere = TourId(Uuid::from_u128(1));
    let of_other = ReadingQuery { tour: Some(elsewhere), limit: 10, ..ReadingQuery::default() };
    assert_eq!(kit.service.readings(&of_other).await.unwrap().readings, []);
    let bad = ReadingQuery { cursor: Some("nonsense".to_owned()), limit: 10, ..ReadingQuery::default() };
    assert_eq!(kit.service.readings(&bad).await.unwrap_err().code(), ProblemCode::CursorGone);
}

async fn a_push_that_is_given_up_at_any_point_ends_the_same_when_repeated(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let reference = Kit::memory().await;
    assert_eq!(reference.pair("anna").await, replica, "randomness repeats");
    let mut id = 0;
    for polls in 0.. {
        id += 1;
        let number = u32::try_from(id).unwrap();
        let sent = batch(replica, id, heard(id, &plain(number, 1, 100, 90), TourId::default()));
        let given_up = GiveUp::after(polls, kit.push(&sent)).await.is_none();
        let answer = kit.push(&sent).await.unwrap();
        assert_eq!(answer.outcomes, [range(0, 1, ItemOutcome::Accepted)], "given up after {polls} polls");
        reference.push(&sent).await.unwrap();
        let (dump, expected) = (kit.service.dump().await.unwrap(), reference.service.dump().await.unwrap());
        assert_eq!(dump, expected, "given up after {polls} polls");
        if !given_up {
            assert!(polls > 1, "the push was never given up");
            return;
        }
    }
}
