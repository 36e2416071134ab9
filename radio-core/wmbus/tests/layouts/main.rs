//! Makers' own layouts, each with telegrams made for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;

mod apator;
mod bmeters;
mod others;
mod prios;
mod qundis;
mod techem;

use aes::Aes128;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use common::{decode, hex};
use walkby_properties::{assert_explanation_tiles, telegram as check};
use wmbus::{Content, DataRecord, Frame, FrameFormat, KeyRing, MeterAddress, Telegram, Warning};

/// Builds a frame without CRCs.
fn frame(meter: &str, payload: &str) -> Vec<u8> {
    let meter: MeterAddress = meter.parse().unwrap();
    let payload = hex(&payload.replace(' ', ""));
    let length = u8::try_from(9 + payload.len()).unwrap();
    [&[length, 0x44][..], &meter.to_link_bytes(), &payload].concat()
}

/// Decodes a telegram without a key, and checks that every byte of it is explained.
fn read(meter: &str, payload: &str) -> Telegram {
    let frame = frame(meter, payload);
    let telegram = decode(&frame, &KeyRing::default());
    assert_explanation_tiles(&telegram, frame.len(), payload);
    check(&frame);
    telegram
}

/// Writes the records that a layout gave.
fn derived(telegram: &Telegram) -> Vec<String> {
    telegram
        .content()
        .records()
        .iter()
        .filter(|record| record.is_derived())
        .map(ToString::to_string)
        .collect()
}

fn alarms(telegram: &Telegram) -> Vec<String> {
    telegram.alarms().iter().map(ToString::to_string).collect()
}

/// Asserts that a telegram is told to be of a layout but not to fit it, and is kept raw.
fn assert_kept_raw(telegram: &Telegram, layout: &'static str) {
    assert_eq!(telegram.layout(), None);
    assert!(matches!(telegram.content(), Content::Manufacturer { .. }), "{:?}", telegram.content());
    assert_eq!(telegram.warnings(), [Warning::LayoutMismatch { layout }]);
    assert!(!telegram.is_doubtful());
}

fn encrypt(key: [u8; 16], iv: [u8; 16], bytes: &mut [u8]) {
    let mut encryptor = cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into());
    for block in bytes.chunks_exact_mut(16) {
        encryptor.encrypt_block(block.try_into().unwrap());
    }
}

fn mode_5_iv(meter: &str, counter: u8) -> [u8; 16] {
    let address = meter.parse::<MeterAddress>().unwrap().to_link_bytes();
    std::array::from_fn(|index| address.get(index).copied().unwrap_or(counter))
}

#[test]
fn bytes_that_do_not_fit_a_layout_are_kept_raw() {
    let telegram = read("TCH-12345678-74-62", "A2 06 A02B D204 2006 3800 010203");
    assert_kept_raw(&telegram, "mkradio");
    assert_kept_raw(&read("TCH-12345678-74-62", "A2 06 9F2B D204 2006 38"), "mkradio");
    assert_kept_raw(&read("TCH-12345678-76-F0", "A0 00 9F"), "tsd2");
    assert_kept_raw(&read("APT-12345678-03-03", "A0 010203"), "apator08");
    assert_kept_raw(&read("TCH-12345678-27-04", "A2 12 A02B 0100 0000 0100"), "vario451");
}

#[test]
fn a_meter_that_no_layout_knows_keeps_its_bytes_without_warning() {
    let telegram = read("TCH-12345678-71-43", "A0 00 9F23 8804 0058 1B00");
    assert_eq!(telegram.layout(), None);
    assert!(matches!(telegram.content(), Content::Manufacturer { ci: 0xA0, .. }));
    assert_eq!(telegram.warnings(), []);
}

#[test]
fn a_layouts_records_say_where_their_values_stand() {
    let bytes = frame("TCH-12345678-74-62", "A2 06 9F2B D204 2006 3800 010203");
    let parsed = Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap();
    let telegram = Telegram::decode(&parsed, &KeyRing::default()).unwrap();
    let records: &[DataRecord] = telegram.content().records();
    assert_eq!((records[0].offset, &records[0].raw[..]), (11, &bytes[11..]));
    for record in records {
        assert_eq!(record.raw[..], bytes[record.offset..record.offset + record.raw.len()], "{record}");
    }
}
