//! A full disk loses nothing: the group stays in memory and is committed once there is room.

use radio_core::ReceivedFrame;
use sync_protocol::{BootId, Change, Cursor, Timestamp, Tour, TourId, TourMeter};
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{Frame, FrameFormat};

use super::{Walk, WalkError};
use crate::{KeySource, Now, OsRandomness, Store, StoreError, StoreKey};

fn frame(access_number: u8) -> Frame {
    let address = "KAM-12345678-1B-16".parse().unwrap();
    let record = Record::bcd8(123_000).volume(-3);
    TelegramBuilder::new(address).access_number(access_number).record(record).build().unwrap()
}

#[test]
fn a_full_disk_is_told_and_what_was_heard_is_kept_for_when_there_is_room() {
    let directory = tempfile::tempdir().unwrap();
    let now = Now { wall: Timestamp::EPOCH, monotonic_ms: 0, boot: BootId::default() };
    let source = KeySource::Raw(StoreKey::new([1; 32]));
    let mut store = Store::open(directory.path(), &source, now, &mut OsRandomness).unwrap();
    let tour = Tour { id: TourId::default(), name: String::new(), meters: 1, due_date: None };
    let line = TourMeter { radio_id: Some("12345678".into()), ..TourMeter::default() };
    let changes = [Change::Tour(tour), Change::TourMeter(Box::new(line))];
    store.apply_changes(&changes, &Cursor(String::new())).unwrap();
    let mut walk = Walk::open(&mut store, TourId::default(), now, &mut OsRandomness).unwrap();

    let pages: u32 = store.connection().query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
    store.connection().pragma_update(None, "max_page_count", pages).unwrap();
    let heard = 200;
    for access_number in 0..heard {
        walk.handle_frame(ReceivedFrame::new(frame(access_number), FrameFormat::A), now);
    }
    let refused = walk.flush(&mut store, &mut OsRandomness);
    assert!(matches!(refused, Err(WalkError::Store(StoreError::DiskFull))), "{refused:?}");
    assert_eq!(store.fact_counts().unwrap().receptions, 0);
    assert_eq!(walk.view().progress.read, 0);
    assert!(walk.poll_timeout().is_some(), "the group is still due");

    store.connection().pragma_update(None, "max_page_count", 1_000_000).unwrap();
    let update = walk.flush(&mut store, &mut OsRandomness).unwrap().unwrap();
    assert_eq!(update.shown.len(), usize::from(heard));
    assert_eq!(store.fact_counts().unwrap().receptions, u32::from(heard));
}
