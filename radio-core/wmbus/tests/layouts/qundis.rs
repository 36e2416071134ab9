//! The walk-by data set of Qundis and Siemens.

use walkby_properties::{assert_explanation_tiles, telegram as check};
use wmbus::{AesKey, KeyRing, MeterAddress, SealedReason, Warning};

use super::common::decode;
use super::{derived, encrypt, frame, mode_5_iv, read};

const QUNDIS: &str = "QDS-12345678-18-06";

/// A walk-by record: 12.345 m³ now, 10.000 m³ on 2023-12-31, 11.500 m³ on 2024-02-29, and twelve months
/// of which the oldest has no value.
fn walk_by(encryption: u8) -> String {
    format!(
        "0DFF5F35 0082 DA 00 {encryption:02X} 6001 07 C1 13 FFFF 45230100 FF2C 00000100 1D32 00150100 \
         0080 0100 0200 0300 0400 0500 0600 0700 0800 0900 4000 5600 00"
    )
}

#[test]
fn a_walk_by_record_gives_due_date_month_end_and_twelve_months() {
    let telegram = read(QUNDIS, &format!("78 {} 2F 046D 370C C422", walk_by(0)));
    let records = derived(&telegram);
    assert_eq!(telegram.layout(), Some("qundis_walk_by"));
    assert_eq!(
        records[..6],
        [
            "volume 12.345 m³",
            "date not available (during_error)",
            "date 2023-12-31 (storage 1)",
            "volume 10.000 m³ (storage 1)",
            "date 2024-02-29 (storage 17)",
            "volume 11.500 m³ (storage 17)",
        ]
    );
    assert_eq!(records[6], "volume not available (storage 28, at 2023-03-31, per_month)");
    // January and February make up what the month end has more than the due date.
    assert_eq!(records[16], "volume 0.64 m³ (storage 18, at 2024-01-31, per_month)");
    assert_eq!(records[17], "volume 0.86 m³ (storage 17, at 2024-02-29, per_month)");
    let last = telegram.content().records().last().map(ToString::to_string);
    assert_eq!(last.as_deref(), Some("date_time 2022-02-04T12:55"));
}

#[test]
fn a_walk_by_record_is_opened_with_the_meters_key() {
    let mut whole = frame(QUNDIS, &format!("78 {}", walk_by(0x35)));
    let key: [u8; 16] = std::array::from_fn(|index| u8::try_from(index).unwrap());
    let at = whole.len() - 48;
    encrypt(key, mode_5_iv(QUNDIS, 0xDA), &mut whole[at..]);

    let telegram = decode(&whole, &AesKey::new(key));
    assert_explanation_tiles(&telegram, whole.len(), "walk-by");
    check(&whole);
    assert_eq!(derived(&telegram)[0], "volume 12.345 m³");
    assert_eq!(telegram.decrypted_range(), Some(at..whole.len()));
    for (keys, reason) in [
        (KeyRing::default(), SealedReason::NoKey),
        (ring(QUNDIS, AesKey::new([9; 16])), SealedReason::WrongKey),
    ] {
        let sealed = decode(&whole, &keys);
        assert_eq!(derived(&sealed), [""; 0]);
        assert_eq!(sealed.warnings(), [Warning::LayoutSealed { layout: "qundis_walk_by", reason }]);
        assert_eq!(sealed.content().records()[0].raw.len(), 57);
    }
}

fn ring(meter: &str, key: AesKey) -> KeyRing {
    let mut keys = KeyRing::default();
    keys.insert(meter.parse::<MeterAddress>().unwrap().identification_number, key);
    keys
}

#[test]
fn a_walk_by_record_with_digits_that_are_none_stays_raw() {
    let damaged = walk_by(0).replace("45230100", "4A230100");
    let telegram = read(QUNDIS, &format!("78 {damaged}"));
    assert_eq!(derived(&telegram), [""; 0]);
    assert_eq!(telegram.warnings(), [Warning::LayoutMismatch { layout: "qundis_walk_by" }]);
}
