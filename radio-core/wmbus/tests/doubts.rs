//! What is doubtful although its checks fit: a damaged frame can pass a CRC by chance.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{decode, frame_around, hex};
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::{AesKey, Frame, FrameFormat, KeyRing, Telegram, Warning};

fn warnings(payload: &str) -> Vec<Warning> {
    decode(&frame_around(&hex(payload)), &KeyRing::default()).warnings().to_vec()
}

#[test]
fn a_record_that_no_meter_would_send_is_told() {
    for (payload, why) in [
        ("788480801013 08190000", "tariff 16"),
        ("7884C0C0C0C04013 08190000", "subunit 31"),
        ("788480808001 13 08190000", "storage 2^13"),
        ("780617000000000010", "volume of 10^13 m³"),
        ("78056300000747", "a difference of 34,560 K"),
        ("78050601000005", "an energy of 10^-36 kWh"),
        ("780C13 0A190000", "a BCD digit above 9"),
        ("78426C052E", "month 14"),
    ] {
        let found = warnings(&payload.replace(' ', ""));
        assert_eq!(found, [Warning::ImprobableRecord { offset: 11 }], "{why}");
    }
}

#[test]
fn what_meters_do_send_is_no_doubt() {
    for (payload, why) in [
        ("780C13FFFFFFFF", "all ones: there is no value"),
        ("78426C0000", "a date that was never set"),
        ("783C2ADDB4EBDD", "letters shown during an error"),
        ("7884F00413 08190000", "tariff 3 and subunit 1"),
        ("780DFD1103434241", "a text"),
        ("780779FFFFFFFF99999999", "an address"),
    ] {
        assert_eq!(warnings(&payload.replace(' ', "")), [], "{why}");
    }
}

#[test]
fn a_link_layer_that_no_meter_sends_is_told() {
    let mut frame = frame_around(&hex("78041308190000"));
    assert!(!decode(&frame, &KeyRing::default()).is_doubtful());
    frame[1] = 0x99;
    assert_eq!(decode(&frame, &KeyRing::default()).warnings(), [Warning::ReservedControl { control: 0x99 }]);
    frame[1] = 0x44;
    frame[2..4].copy_from_slice(&[0x00, 0x7C]);
    let telegram = decode(&frame, &KeyRing::default());
    assert_eq!(telegram.warnings(), [Warning::NoManufacturer]);
    assert!(telegram.is_doubtful());
}

/// A meter with a year of month ends.
fn year() -> TelegramBuilder {
    let months =
        (1..=12u32).map(|month| Record::bcd8((10_000 + 37 * month).into()).volume(-3).storage(month.into()));
    TelegramBuilder::new("KAM-12345678-1B-16".parse().unwrap()).records(months)
}

#[test]
fn damage_that_a_crc_let_pass_is_mostly_told_and_always_behind_a_mac() {
    let key = AesKey::new([0x2A; 16]);
    for (telegram, least) in [(year().mode5(key.clone()), 75), (year().mode7(key.clone(), 1), 100)] {
        let frame = telegram.build().unwrap();
        let whole = Telegram::decode(&frame, &key).unwrap();
        let (mut damaged, mut told) = (0, 0);
        let encrypted = whole.decrypted_range().unwrap();
        for bit in encrypted.start * 8..encrypted.end * 8 {
            let mut bytes = frame.bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            // The CRCs fit: the frame is taken as checked.
            let frame = Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap();
            let telegram = Telegram::decode(&frame, &key).unwrap();
            if telegram.content() != whole.content() {
                damaged += 1;
                told += usize::from(telegram.is_doubtful() || telegram.content().records().is_empty());
            }
        }
        assert!(damaged > 500, "{damaged}");
        assert!(100 * told >= least * damaged, "{told} of {damaged}");
    }
}
