//! Telegrams made by the project's own encoder, and the facts about them.

use sync_protocol::{
    BootId, Event, EventId, EventKind, Item, ReadingSessionId, Reception, ReceptionId, Telegram, TelegramId,
    TimeSource, Timestamp, TourId, TourMeterId,
};
use uuid::Uuid;
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Date, MeterAddress};

/// The key of encrypted telegrams here.
pub(crate) const KEY: &str = "000102030405060708090A0B0C0D0E0F";

pub(crate) fn address(number: u32) -> String {
    format!("KAM-{number:08}-1B-16")
}

pub(crate) fn radio_id(number: u32) -> String {
    format!("{number:08}")
}

fn builder(number: u32, access_number: u8) -> TelegramBuilder {
    TelegramBuilder::new(address(number).parse().unwrap()).access_number(access_number)
}

fn due_date() -> Date {
    Date { year: Some(2026), month: Some(10), day: Some(31) }
}

/// A water meter in clear: the volume now, and at the due date 2026-10-31.
pub(crate) fn plain(number: u32, access_number: u8, litres: i64, litres_at_due_date: i64) -> Telegram {
    let frame = builder(number, access_number)
        .status(0x04)
        .record(Record::bcd8(litres).volume(-3))
        .record(Record::bcd8(litres_at_due_date).volume(-3).storage(1))
        .record(Record::date(due_date()).storage(1))
        .record(Record::int16(215).external_temperature(-1))
        .build()
        .unwrap();
    Telegram::new(frame.bytes().to_vec())
}

/// The same encrypted with [`KEY`], mode 5.
pub(crate) fn encrypted(number: u32, access_number: u8, litres: i64) -> Telegram {
    let key: AesKey = KEY.parse().unwrap();
    let frame =
        builder(number, access_number).record(Record::bcd8(litres).volume(-3)).mode5(key).build().unwrap();
    Telegram::new(frame.bytes().to_vec())
}

/// A water meter whose format of compact frames no program knows from the start: the full frame, and a
/// compact one with this volume.
pub(crate) fn full_and_compact(number: u32, litres: i64) -> [Telegram; 2] {
    let meter = |litres| {
        let meter = TelegramBuilder::new(format!("XYZ-{number:08}-01-07").parse().unwrap());
        meter.no_header().record(Record::int32(litres).volume(-3)).record(Record::int16(5).volume_flow(-3))
    };
    let frames = [meter(1).build(), meter(litres).compact_frame().build()];
    frames.map(|frame| Telegram::new(frame.unwrap().bytes().to_vec()))
}

/// The fragments of a message with this volume, authenticated and encrypted with [`KEY`], mode 7.
pub(crate) fn fragments(number: u32, counter: u32, litres: i64) -> Vec<Telegram> {
    let months = (1..20).map(|month| Record::bcd8(litres - month).volume(-3).storage(month as u64));
    let frames = builder(number, 1)
        .record(Record::bcd8(litres).volume(-3))
        .records(months)
        .mode7(KEY.parse().unwrap(), counter)
        .build_fragments(60)
        .unwrap();
    frames.iter().map(|frame| Telegram::new(frame.bytes().to_vec())).collect()
}

/// A Hydrodigit of 2026-11-21: 130 m³, its status that of [`plain`], and in the maker's block fraud by
/// magnet in September and 123.45 m³ at the end of October.
pub(crate) fn hydrodigit(number: u32) -> Telegram {
    let meter: MeterAddress = format!("BMT-{number:08}-13-07").parse().unwrap();
    let mut months = [[0; 3]; 12];
    months[9] = [0x39, 0x30, 0x00];
    let rest = [
        &[0x44][..],
        &meter.to_link_bytes(),
        &[0x7A, 0x01, 0x04, 0x00, 0x00],
        &[0x0C, 0x13, 0x00, 0x00, 0x13, 0x00],
        &[0x04, 0x6D, 0x00, 0x28, 0x55, 0x3B],
        &[0x0F, 0x12, 0x80, 0x26, 0x09, 0x03],
        months.as_flattened(),
    ]
    .concat();
    Telegram::new([&[u8::try_from(rest.len()).unwrap()][..], &rest].concat())
}

/// A water meter whose frame has a C field that the standard does not know: it may be damaged.
pub(crate) fn doubtful(number: u32, litres: i64) -> Telegram {
    let frame = builder(number, 1).control(0x55).record(Record::bcd8(litres).volume(-3)).build().unwrap();
    Telegram::new(frame.bytes().to_vec())
}

/// When everything here was heard, by a handheld's clock.
pub(crate) fn heard_at() -> Timestamp {
    Timestamp::parse("2026-11-21T07:00:00Z").unwrap()
}

pub(crate) fn boot() -> BootId {
    BootId(Uuid::from_u128(0xB007))
}

/// A reception; `id` tells receptions apart.
pub(crate) fn reception(id: u128, telegram: TelegramId, tour: TourId) -> Reception {
    Reception {
        id: ReceptionId(Uuid::from_u128(id)),
        telegram,
        session: ReadingSessionId(Uuid::from_u128(0x5E)),
        tour,
        received_at: heard_at(),
        time_source: TimeSource::Handheld,
        boot: boot(),
        monotonic_ms: 1_000,
        sequence: 1,
        rssi_dbm: Some(-71),
        link_mode: Some("T1".to_owned()),
        receiver: Some("stick".to_owned()),
    }
}

/// A telegram and a reception of it.
pub(crate) fn heard(id: u128, telegram: &Telegram, tour: TourId) -> Vec<Item> {
    vec![Item::Telegram(telegram.clone()), Item::Reception(reception(id, telegram.id, tour))]
}

/// Something that a person did; `id` tells events apart.
pub(crate) fn event(id: u128, tour: TourId, line: TourMeterId, kind: EventKind) -> Event {
    Event {
        id: EventId(Uuid::from_u128(id)),
        session: ReadingSessionId(Uuid::from_u128(0x5E)),
        tour,
        tour_meter: line,
        at: heard_at(),
        boot: boot(),
        monotonic_ms: 2_000,
        sequence: 2,
        supersedes: None,
        kind,
    }
}

pub(crate) fn manual_reading(value: &str) -> EventKind {
    EventKind::ManualReading {
        value: value.to_owned(),
        unit: "m³".to_owned(),
        reason: "not_heard".to_owned(),
        confirmed: Vec::new(),
        note: None,
    }
}
