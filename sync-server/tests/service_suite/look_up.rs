//! What the office looks up about one telegram or one handheld.

use sync_protocol::{ProblemCode, TelegramId, TourId};
use sync_server::Actor;

use crate::kit::{Kit, batch, on_every_store};
use crate::telegrams::{KEY, address, encrypted, heard, heard_at, radio_id};

on_every_store! {
    a_telegram_is_explained_as_far_as_the_keys_reach,
    a_telegram_that_nobody_pushed_is_not_found,
    a_handheld_shows_when_it_pushed_last,
    decodings_are_counted_by_what_came_of_them,
}

async fn a_telegram_is_explained_as_far_as_the_keys_reach(kit: &Kit) {
    let (anna, ben) = (kit.pair("anna").await, kit.pair("ben").await);
    let telegram = encrypted(1, 1, 123_529);
    for (id, replica) in [(1, anna), (2, ben)] {
        kit.push(&batch(replica, id, heard(id, &telegram, TourId::default()))).await.unwrap();
    }
    let sealed = kit.service.telegram(&telegram.id).await.unwrap();
    assert_eq!((sealed.telegram, sealed.meter.as_str()), (telegram.id, address(1).as_str()));
    let frame: String = telegram.frame.iter().map(|byte| format!("{byte:02X}")).collect();
    assert_eq!(sealed.frame, frame);
    assert!(!sealed.explanation.contains("123.529"), "{}", sealed.explanation);
    let mut heard_by: Vec<_> =
        sealed.heard_by.iter().map(|heard| (heard.replica, heard.received_at)).collect();
    heard_by.sort();
    let mut expected = vec![(anna, heard_at()), (ben, heard_at())];
    expected.sort();
    assert_eq!(heard_by, expected);

    let csv = format!("radio_id,key\n{},{KEY}\n", radio_id(1));
    kit.service.import_keys(Actor::Admin, csv.as_bytes()).await.unwrap();
    let opened = kit.service.telegram(&telegram.id).await.unwrap();
    assert!(opened.explanation.contains("123.529"), "{}", opened.explanation);
    assert!(!opened.explanation.contains(KEY), "{}", opened.explanation);
}

async fn a_telegram_that_nobody_pushed_is_not_found(kit: &Kit) {
    let error = kit.service.telegram(&TelegramId::of(b"nobody")).await.unwrap_err();
    assert_eq!(error.code(), ProblemCode::NotFound);
}

async fn a_handheld_shows_when_it_pushed_last(kit: &Kit) {
    let replica = kit.pair("anna").await;
    assert_eq!(kit.service.handhelds().await.unwrap()[0].last_push_at, None);
    kit.push(&batch(replica, 2, Vec::new())).await.unwrap();
    kit.advance_seconds(60);
    kit.push(&batch(replica, 1, Vec::new())).await.unwrap();
    assert_eq!(kit.service.handhelds().await.unwrap()[0].last_push_at, Some(kit.service.now()));
}

async fn decodings_are_counted_by_what_came_of_them(kit: &Kit) {
    let replica = kit.pair("anna").await;
    let telegram = encrypted(1, 1, 123_529);
    kit.push(&batch(replica, 1, heard(1, &telegram, TourId::default()))).await.unwrap();
    let csv = format!("radio_id,key\n{},{KEY}\n", radio_id(1));
    kit.service.import_keys(Actor::Admin, csv.as_bytes()).await.unwrap();
    let decodings = kit.service.decodings();
    assert_eq!((decodings.get("no_key"), decodings.get("read")), (Some(&1), Some(&1)), "{decodings:?}");
}
