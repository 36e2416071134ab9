//! Compact frames: known formats, learned ones, and what does not fit.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_explanation_tiles, decode, frame_around, hex};
use wmbus::apl::{FormatTextFault, compact};
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{
    AesKey, Content, DataRecord, FormatStore, KeyRing, MeterAddress, Quantity, RecordWarning, Source,
    Telegram, WaitingFrames, Warning,
};

/// EN 13757-3, annex G.5.2: energy, volume and power.
const FULL: &str = "780202D20402152E16022A3423";
const FORMAT: &str = "6908313B02020215022A";
const COMPACT: &str = "79313B42A6D2042E163423";

fn telegram(payload: &str) -> Telegram {
    decode(&frame_around(&hex(payload)), &KeyRing::default())
}

fn shown(records: &[DataRecord]) -> Vec<String> {
    records.iter().map(ToString::to_string).collect()
}

fn address(text: &str) -> MeterAddress {
    text.parse().unwrap()
}

/// What a Kamstrup water meter sends, with a scale of its volume.
fn water(address: &str, scale: i8) -> TelegramBuilder {
    TelegramBuilder::new(address.parse().unwrap())
        .no_header()
        .record(Record::raw(2, [0x71, 0]).vif(&[0x7F, 0x20]))
        .record(Record::int32(6408).volume(scale))
        .record(Record::int32(6408).volume(scale).storage(1))
}

fn decoded(builder: TelegramBuilder) -> Telegram {
    let frame = builder.build().unwrap();
    let telegram = Telegram::decode(&frame, &KeyRing::default()).unwrap();
    assert_explanation_tiles(&telegram, frame.bytes().len(), "built");
    telegram
}

#[test]
fn a_full_frame_teaches_what_a_compact_frame_leaves_out() {
    for teacher in [FULL, FORMAT] {
        let mut formats = FormatStore::new();
        let mut compact = telegram(COMPACT);
        assert_eq!(compact.content().kind(), "compact");
        assert!(!compact.expand(&formats));
        assert!(telegram(teacher).teach(&mut formats), "{teacher}");
        assert!(!telegram(teacher).teach(&mut formats), "a second time");
        assert_eq!(formats.len(), 1);
        assert!(compact.expand(&formats));
        assert!(!compact.expand(&formats), "it is no compact frame any more");
        assert_eq!(
            shown(compact.content().records()),
            ["energy 0.1234 kWh", "volume 567.8 m³", "power 0.9012 kW"]
        );
        assert_explanation_tiles(&compact, 21, teacher);
    }
}

#[test]
fn the_records_of_a_compact_frame_lie_where_they_were_sent() {
    let mut formats = FormatStore::new();
    telegram(FULL).teach(&mut formats);
    let mut compact = telegram(COMPACT);
    compact.expand(&formats);
    let places: Vec<_> = compact
        .content()
        .records()
        .iter()
        .map(|record| (record.offset, record.raw.to_vec(), record.header_length, record.source))
        .collect();
    assert_eq!(
        places,
        [
            (15, hex("D204"), 0, Source::Expanded),
            (17, hex("2E16"), 0, Source::Expanded),
            (19, hex("3423"), 0, Source::Expanded)
        ]
    );
}

#[test]
fn common_formats_are_known_from_the_start() {
    let telegram = decoded(water("KAM-76348799-1B-16", -3).compact_frame());
    assert_eq!(
        shown(telegram.content().records()),
        ["information_code 0x71 (manufacturer_20)", "volume 6.408 m³", "volume 6.408 m³ (storage 1)"]
    );
    assert!(telegram.content().records().iter().all(|record| record.warnings.is_empty()));
}

#[test]
fn a_known_format_is_recognised_in_every_scale_of_its_quantities() {
    let telegram = decoded(water("KAM-76348799-1B-16", -2).compact_frame());
    assert_eq!(telegram.content().records()[1].to_string(), "volume 64.08 m³");
    let heat = |energy: Record| {
        let energy = [energy.clone(), energy.storage(1)];
        let builder = TelegramBuilder::new(address("KAM-76348799-30-0C")).no_header();
        let volume = Record::raw(3, [0xE8, 3, 0]).volume(-2);
        let flags = Record::raw(1, [0]).vif(&[0x7F, 0x21]);
        let due = Record::raw(2, hex("7F2A")).vif(&[0x6C]).storage(1);
        builder
            .records(energy)
            .record(volume)
            .record(due)
            .record(Record::int16(12).power_kw(-1))
            .record(flags)
            .compact_frame()
    };
    for (energy, expected) in [
        (Record::raw(3, [44, 0, 0]).energy_kwh(-1), "energy 4.4 kWh"),
        (Record::raw(3, [44, 0, 0]).energy_mj(-1), "energy 4.4 MJ"),
        (Record::raw(3, [44, 0, 0]).energy_kwh(1), "energy 440 kWh"),
    ] {
        assert_eq!(decoded(heat(energy)).content().records()[0].to_string(), expected);
    }
}

#[test]
fn another_makers_unknown_format_stays_as_it_is() {
    let builder = TelegramBuilder::new(address("XYZ-12345678-01-07"))
        .no_header()
        .record(Record::int32(1).volume(-1))
        .record(Record::int32(2).volume(-1).storage(3));
    assert_eq!(decoded(builder.clone().compact_frame()).content().kind(), "compact");
    let mut formats = FormatStore::new();
    assert!(decoded(builder.clone()).teach(&mut formats));
    let mut compact = decoded(builder.compact_frame());
    assert!(compact.expand(&formats));
    assert_eq!(compact.content().records()[1].storage_number, 3);
}

#[test]
fn data_that_fits_the_makers_format_but_not_its_crc_says_so_in_every_record() {
    let mut frame = water("KAM-76348799-1B-16", -3).compact_frame().build().unwrap().bytes().to_vec();
    *frame.last_mut().unwrap() ^= 1;
    let telegram = decode(&frame, &KeyRing::default());
    let records = telegram.content().records();
    assert_eq!(records.len(), 3);
    assert!(records.iter().all(|record| record.warnings == [RecordWarning::FullFrameCrc]));
    assert_eq!(telegram.warnings(), [Warning::FullFrameCrc]);
    assert!(telegram.is_doubtful());
    // One byte more has no place in the format.
    frame.push(0);
    frame[0] += 1;
    assert_eq!(decode(&frame, &KeyRing::default()).content().kind(), "compact");
}

#[test]
fn an_encrypted_compact_frame_is_read_between_its_fillers() {
    let key = AesKey::new([9; 16]);
    let frame = TelegramBuilder::new(address("KAM-76348799-1B-16"))
        .record(Record::raw(2, [0, 0]).vif(&[0x7F, 0x20]))
        .record(Record::int32(6408).volume(-3))
        .record(Record::int32(6000).volume(-3).storage(1))
        .compact_frame()
        .mode5(key.clone())
        .build()
        .unwrap();
    let telegram = Telegram::decode(&frame, &key).unwrap();
    assert_eq!(telegram.content().records()[1].to_string(), "volume 6.408 m³");
    assert_explanation_tiles(&telegram, frame.bytes().len(), "mode 5");
}

#[test]
fn what_was_learned_is_shared_as_text() {
    let mut formats = FormatStore::new();
    telegram(FULL).teach(&mut formats);
    let text = formats.to_text();
    assert_eq!(text, "CEN 3B31 02020215022A\n");
    let mut others = FormatStore::new();
    assert_eq!(others.add_text(&format!("# heard in the cellar\n\n{text}{text}")), Ok(1));
    assert_eq!(others, formats);
    assert!(telegram(COMPACT).expand(&others));
}

#[test]
fn a_line_that_is_no_format_is_named_with_its_fault() {
    for (line, fault) in [
        ("CEN 3B31", FormatTextFault::Words),
        ("CEN 3B31 02 02", FormatTextFault::Words),
        ("C3N 3B31 02020215022A", FormatTextFault::Manufacturer),
        ("CEN +B31 02020215022A", FormatTextFault::Signature),
        ("CEN 3B31 02020215022", FormatTextFault::Headers),
        ("CEN 3B31 0202Ä215022A", FormatTextFault::Headers),
        ("CEN 3B32 02020215022A", FormatTextFault::OtherSignature(0x3B31)),
    ] {
        let error = FormatStore::new().add_text(&format!("\n{line}")).unwrap_err();
        assert_eq!((error.line, error.fault), (2, fault), "{line}");
    }
}

#[test]
fn what_is_no_header_is_not_learned() {
    let manufacturer = address("KAM-00000001-01-07").manufacturer;
    let mut formats = FormatStore::new();
    for headers in ["", "04", "0493", "2F0413", "04131F04", "3F"] {
        assert!(!formats.learn(manufacturer, &hex(headers)), "{headers}");
    }
    assert!(!formats.learn(manufacturer, &[0x04, 0x13].repeat(128)), "longer than a frame");
    assert!(!formats.learn(manufacturer, &hex("02FF2004134413")), "built in");
    assert!(formats.is_empty());
    // What the maker puts behind its records is one byte of the headers.
    assert!(formats.learn(manufacturer, &hex("04130F")));
}

#[test]
fn a_compact_frame_that_was_heard_first_is_read_later() {
    let (mut waiting, mut formats) = (WaitingFrames::default(), FormatStore::new());
    let unheard = decoded(
        TelegramBuilder::new(address("XYZ-12345678-01-07"))
            .record(Record::int8(1).volume(-3))
            .compact_frame(),
    );
    for (reception, telegram) in
        [telegram(FULL), telegram(COMPACT), unheard, telegram(COMPACT)].iter().enumerate()
    {
        waiting.keep(telegram, reception);
    }
    assert_eq!(waiting.len(), 3);
    assert!(waiting.take_readable(&formats).is_empty());
    telegram(FULL).teach(&mut formats);
    let readable = waiting.take_readable(&formats);
    assert_eq!(readable.iter().map(|(_, reception)| *reception).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(readable[0].0.content().records()[0].to_string(), "energy 0.1234 kWh");
    assert_eq!(waiting.len(), 1);
    for _ in 0..=WaitingFrames::<usize>::CAPACITY {
        waiting.keep(&telegram(COMPACT), 0);
    }
    assert_eq!(waiting.len(), WaitingFrames::<usize>::CAPACITY);
}

#[test]
fn a_store_does_not_grow_without_end() {
    let manufacturer = address("KAM-00000001-01-07").manufacturer;
    let mut formats = FormatStore::new();
    let all: usize = (0..=u16::MAX)
        .filter(|number| {
            let [storage, vif] = number.to_be_bytes();
            formats.learn(manufacturer, &[0x84, storage & 0x7F, vif & 0x7F])
        })
        .count();
    assert_eq!((all, formats.len()), (FormatStore::CAPACITY, FormatStore::CAPACITY));
}

#[test]
fn what_the_manufacturer_adds_to_a_compact_frame_stays_raw() {
    let mut formats = FormatStore::new();
    let full = hex("04130100000002FF200000" /* volume, code */);
    let full = [full, hex("0FAABB")].concat();
    let headers = hex("041302FF200F");
    formats.learn(address("CEN-12345678-01-07").manufacturer, &headers);
    let mut payload = vec![0x79];
    payload.extend(compact::format_signature(&headers).to_le_bytes());
    payload.extend(wmbus::crc::crc16(&full).to_le_bytes());
    payload.extend(hex("010000000000AABB"));
    let mut telegram = decode(&frame_around(&payload), &KeyRing::default());
    assert!(telegram.expand(&formats));
    let Content::Records(records) = telegram.content() else { panic!("{:?}", telegram.content()) };
    assert_eq!(records[2].quantity, Quantity::ManufacturerData);
    assert_eq!(records[2].raw, hex("AABB"));
}
