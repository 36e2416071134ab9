//! Receptions that come before their telegram, and clocks that are wrong.

use sync_protocol::{ClockSample, Item, ItemOutcome, TimeSource, TourId};
use sync_server::service::ReadingQuery;

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{boot, heard, heard_at, plain, reception};

on_every_store! {
    a_reception_waits_for_its_telegram,
    a_waiting_reception_that_is_sent_again_is_a_duplicate,
    a_reused_reception_id_is_kept_aside,
    a_clock_sample_that_comes_later_corrects_earlier_receptions,
    a_reception_in_the_future_is_taken_and_flagged,
}

async fn a_reception_waits_for_its_telegram(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = plain(1, 1, 100, 90);
    let told = Item::Reception(reception(1, telegram.id, TourId::default()));
    let answer = kit.push(&batch(replica, 2, vec![told])).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&ItemOutcome::Accepted));
    assert_eq!(kit.service.statistics().await.unwrap().waiting_receptions, 1);

    kit.push(&batch(replica, 1, vec![Item::Telegram(telegram.clone())])).await.unwrap();
    assert_eq!(kit.service.statistics().await.unwrap().waiting_receptions, 0);
    assert_eq!(kit.service.telegram(&telegram.id).await.unwrap().heard_by.len(), 1);
}

async fn a_waiting_reception_that_is_sent_again_is_a_duplicate(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = plain(1, 1, 100, 90);
    let told = Item::Reception(reception(1, telegram.id, TourId::default()));
    kit.push(&batch(replica, 1, vec![told.clone()])).await.unwrap();
    let answer = kit.push(&batch(replica, 2, vec![told.clone()])).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&ItemOutcome::Duplicate));
    let answer = kit.push(&batch(replica, 3, vec![told, Item::Telegram(telegram.clone())])).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&ItemOutcome::Duplicate));
    assert_eq!(kit.service.telegram(&telegram.id).await.unwrap().heard_by.len(), 1);
    assert_eq!(kit.service.statistics().await.unwrap().waiting_receptions, 0);
}

async fn a_reused_reception_id_is_kept_aside(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = plain(1, 1, 100, 90);
    let tour = TourId::default();
    kit.push(&batch(replica, 1, heard(1, &telegram, tour))).await.unwrap();
    let mut louder = reception(1, telegram.id, tour);
    louder.rssi_dbm = Some(-30);
    let answer = kit.push(&batch(replica, 2, vec![Item::Reception(louder.clone())])).await.unwrap();
    let reused = ItemOutcome::Quarantined { code: "reception_id_reused".to_owned() };
    assert_eq!(answer.outcome(0), Some(&reused));
    assert_eq!(kit.service.telegram(&telegram.id).await.unwrap().heard_by[0].rssi_dbm, Some(-71));

    let unheard = plain(2, 1, 100, 90);
    let first = reception(2, unheard.id, tour);
    louder.id = first.id;
    louder.telegram = unheard.id;
    kit.push(&batch(replica, 3, vec![Item::Reception(first)])).await.unwrap();
    let answer = kit.push(&batch(replica, 4, vec![Item::Reception(louder)])).await.unwrap();
    assert_eq!(answer.outcome(0), Some(&reused));
}

async fn a_clock_sample_that_comes_later_corrects_earlier_receptions(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = plain(1, 1, 100, 90);
    let mut items = heard(1, &telegram, TourId::default());
    let mut stamped = reception(2, telegram.id, TourId::default());
    stamped.time_source = TimeSource::Receiver;
    stamped.received_at = heard_at().plus_millis(1);
    items.push(Item::Reception(stamped));
    kit.push(&batch(replica, 1, items)).await.unwrap();
    let first_time = async || {
        let query = ReadingQuery { limit: 1, ..ReadingQuery::default() };
        let reading = kit.service.readings(&query).await.unwrap().readings.remove(0);
        (reading.received_at.unwrap(), reading.time_quality.unwrap())
    };
    assert_eq!(first_time().await, (heard_at(), "unverified".to_owned()));

    let sample = |offset_ms, taken_after_ms| ClockSample {
        boot: boot(),
        taken_at: heard_at().plus_millis(taken_after_ms),
        offset_ms,
        round_trip_ms: u64::MAX,
    };
    let mut later = batch(replica, 2, Vec::new());
    later.clock = vec![sample(-5_000, 60_000), sample(-9_000, 900_000)];
    kit.push(&later).await.unwrap();
    assert_eq!(first_time().await, (heard_at().plus_millis(-5_000), "same_boot".to_owned()));
    let handheld = kit.service.handhelds().await.unwrap().remove(0);
    assert_eq!(handheld.clock_offset_ms, Some(-9_000));
}

async fn a_reception_in_the_future_is_taken_and_flagged(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = plain(1, 1, 100, 90);
    let mut told = reception(1, telegram.id, TourId::default());
    told.received_at = sync_protocol::Timestamp::parse("2099-01-01T00:00:00Z").unwrap();
    let items = vec![Item::Telegram(telegram), Item::Reception(told)];
    let answer = kit.push(&batch(replica, 1, items)).await.unwrap();
    assert_eq!(answer.outcome(1), Some(&ItemOutcome::Accepted));
    let query = ReadingQuery { limit: 1, ..ReadingQuery::default() };
    let reading = kit.service.readings(&query).await.unwrap().readings.remove(0);
    assert_eq!(reading.received_at, Some(answer.server_time));
    assert_eq!(reading.time_quality.as_deref(), Some("in_future"));
}
