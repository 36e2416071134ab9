//! Telegrams that say something only together: compact frames and their formats, fragments of messages.

use sync_protocol::{Item, Telegram, TourId};
use sync_server::Actor;
use sync_server::service::{LineState, ReadingQuery};

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{KEY, fragments, full_and_compact, heard};

on_every_store! {
    a_compact_frame_reads_once_a_full_frame_taught_its_format,
    a_meter_of_the_same_kind_teaches_the_format,
    a_message_reads_once_all_its_fragments_came,
    fragments_of_several_messages_do_not_mix,
}

async fn values(kit: &Kit) -> Vec<String> {
    let query = ReadingQuery { limit: 500, ..ReadingQuery::default() };
    let page = kit.service.readings(&query).await.unwrap();
    page.readings
        .into_iter()
        .filter(|reading| reading.quantity == "volume" && reading.storage == 0)
        .filter_map(|reading| reading.value)
        .collect()
}

/// Pushes telegrams one by one, each with its reception, and returns the values after each.
async fn push_each(kit: &Kit, tour: TourId, telegrams: &[&Telegram]) -> Vec<Vec<String>> {
    let replica = kit.pair("anna").await;
    let mut after = Vec::new();
    for (id, telegram) in (1..).zip(telegrams) {
        kit.push(&batch(replica, id, heard(id, telegram, tour))).await.unwrap();
        after.push(values(kit).await);
    }
    after
}

async fn a_compact_frame_reads_once_a_full_frame_taught_its_format(kit: &Kit) {
    let [full, compact] = full_and_compact(1, 42);
    let replica = kit.pair("berta").await;
    let tour = kit.released_tour("meter_no;radio_id\na;00000001\n", replica).await;
    kit.push(&batch(replica, 9, heard(9, &compact, tour))).await.unwrap();
    assert_eq!(kit.lines(tour).await[0].state, LineState::HeardUndecodable);
    let after = push_each(kit, tour, &[&full]).await;
    let mut last = after.concat();
    last.sort();
    assert_eq!(last, ["0.001", "0.042"]);
    assert_eq!(kit.lines(tour).await[0].state, LineState::Read);
}

async fn a_meter_of_the_same_kind_teaches_the_format(kit: &Kit) {
    let ([_, compact], [full, another]) = (full_and_compact(1, 42), full_and_compact(2, 43));
    let after = push_each(kit, TourId::default(), &[&compact, &full, &another]).await;
    assert_eq!(after[0], [""; 0]);
    let mut taught = after[1].clone();
    taught.sort();
    assert_eq!(taught, ["0.001", "0.042"]);
    assert_eq!(after[2].len(), 3, "the format is kept: {after:?}");
}

async fn a_message_reads_once_all_its_fragments_came(kit: &Kit) {
    kit.service.import_keys(Actor::Admin, format!("id;key\n1;{KEY}\n").as_bytes()).await.unwrap();
    let message = fragments(1, 5, 900);
    let (last, others) = message.split_last().unwrap();
    assert!(others.len() > 1);
    let backwards: Vec<&Telegram> = [last].into_iter().chain(others.iter().rev()).collect();
    let after = push_each(kit, TourId::default(), &backwards).await;
    let (whole, parts) = after.split_last().unwrap();
    assert!(parts.iter().all(Vec::is_empty), "{parts:?}");
    assert_eq!(*whole, ["0.900"]);
}

async fn fragments_of_several_messages_do_not_mix(kit: &Kit) {
    kit.service.import_keys(Actor::Admin, format!("id;key\n1;{KEY}\n").as_bytes()).await.unwrap();
    let (one, another) = (fragments(1, 5, 900), fragments(1, 6, 901));
    let mixed = one.iter().zip(&another).flat_map(|(one, another)| [one, another]);
    let items = mixed.map(|telegram| Item::Telegram(telegram.clone())).collect();
    let replica = kit.pair("anna").await;
    kit.push(&batch(replica, 1, items)).await.unwrap();
    let mut found = values(kit).await;
    found.sort();
    assert_eq!(found, ["0.900", "0.901"]);
}
