//! Key files as offices have them. All keys are made up.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use radio_core::keys::{KeyFile, Verdict};
use walkby_properties::key_file;
use wmbus::{AesKey, Keys as _, MeterAddress};

const KEY: &str = "000102030405060708090A0B0C0D0E0F";
const OTHER: &str = "101112131415161718191A1B1C1D1E1F";

fn candidates(file: &KeyFile, address: &str) -> Vec<AesKey> {
    let address: MeterAddress = address.parse().unwrap();
    file.ring.candidates(&address).into_iter().cloned().collect()
}

fn verdicts(file: &KeyFile) -> Vec<Verdict> {
    file.rows.iter().map(|row| row.verdict).collect()
}

#[test]
fn every_way_to_write_the_same_row_gives_the_same_key() {
    let spaced = "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f";
    for content in [
        format!("12345678;{KEY}\n"),
        format!("12345678,{KEY}"),
        format!("12345678\t{KEY}\r\n"),
        format!("\u{FEFF}id;key\r\n12345678;{KEY}\r\n"),
        format!("\"id\",\"key\"\n\"12345678\",\"{spaced}\"\n"),
        format!("Note;AES-Key;Radio ID\nflat 1, left;{};12345678\n", KEY.to_lowercase()),
        format!("# exported\n\n12345678 ; 0x{KEY}\n"),
        format!("meter_no;radio_id;key\n99;12345678;{spaced}\n"),
    ] {
        let file = KeyFile::parse(&content);
        assert_eq!(verdicts(&file), [Verdict::Accepted], "{content}");
        assert_eq!(candidates(&file, "KAM-12345678-1B-16"), [KEY.parse().unwrap()], "{content}");
    }
}

#[test]
fn leading_zeros_are_kept_and_restored_where_a_spreadsheet_dropped_them() {
    let file = KeyFile::parse(format!("id;key\n00000042;{KEY}\n43;{KEY}\n"));
    assert_eq!(verdicts(&file), [Verdict::Accepted, Verdict::AcceptedFilledUp]);
    assert_eq!(candidates(&file, "KAM-00000042-1B-16").len(), 1);
    assert_eq!(candidates(&file, "KAM-00000043-1B-16").len(), 1);
}

#[test]
fn a_whole_address_binds_the_key_to_that_meter() {
    let file = KeyFile::parse(format!("kam-12345678-1b-16;{KEY}"));
    assert_eq!(verdicts(&file), [Verdict::Accepted]);
    assert_eq!(candidates(&file, "KAM-12345678-1B-16").len(), 1);
    assert_eq!(candidates(&file, "DME-12345678-1B-16").len(), 0);
}

#[test]
fn a_bad_row_costs_only_itself_and_is_named() {
    let file = KeyFile::parse(format!(
        "id;key\n12345678;{KEY}\n1234567X;{KEY}\n12345679;\n12345680;{}\n12345681;{}G\n12345682\n123456789;{KEY}\n12345683;{OTHER}\n",
        &KEY[..30],
        &KEY[..31],
    ));
    assert_eq!(
        verdicts(&file),
        [
            Verdict::Accepted,
            Verdict::MeterNotUnderstood,
            Verdict::KeyMissing,
            Verdict::KeyLength { digits: 30 },
            Verdict::KeyNotHexadecimal,
            Verdict::CellMissing,
            Verdict::MeterNotUnderstood,
            Verdict::Accepted,
        ]
    );
    let lines: Vec<u64> = file.refused().map(|row| row.line).collect();
    assert_eq!(lines, [3, 4, 5, 6, 7, 8]);
    assert_eq!(candidates(&file, "KAM-12345683-1B-16"), [OTHER.parse().unwrap()]);
}

#[test]
fn a_key_of_64_bits_is_kept_for_what_has_such_keys() {
    let file = KeyFile::parse(format!("12345678;{}\n", &KEY[..16]));
    assert_eq!(verdicts(&file), [Verdict::AcceptedOf64Bits]);
    assert_eq!(candidates(&file, "DME-12345678-1B-16").len(), 0);
    let address: MeterAddress = "DME-12345678-1B-16".parse().unwrap();
    assert_eq!(file.ring.candidates_64(&address).len(), 1);
}

#[test]
fn a_second_key_of_a_meter_is_kept_beside_the_first() {
    let file = KeyFile::parse(format!("12345678;{KEY}\n12345678;{OTHER}\n12345678;{KEY}\n"));
    assert_eq!(verdicts(&file), [Verdict::Accepted, Verdict::AcceptedBesideAnother, Verdict::Duplicate]);
    assert_eq!(candidates(&file, "KAM-12345678-1B-16").len(), 2);
}

#[test]
fn a_row_in_another_encoding_is_named_and_costs_only_itself() {
    let mut content = b"id;key;place\n1234567\xFC;00;K\xFCche\n".to_vec();
    content.extend(format!("12345678;{KEY};K\n").bytes());
    assert_eq!(verdicts(&KeyFile::parse(content)), [Verdict::NotText, Verdict::Accepted]);
}

#[test]
fn no_verdict_repeats_a_key() {
    let short = &KEY[2..];
    let file = KeyFile::parse(format!("id;key\n1;{short}\n{KEY};2\n3;{KEY}ZZ\n"));
    let shown: String = file.rows.iter().map(|row| format!("{row} {row:?} ")).collect();
    assert!(!shown.contains(&KEY[4..12]), "{shown}");
    assert!(!format!("{file:?}").contains(&KEY[4..12]));
}

proptest! {
    #[test]
    fn any_bytes_are_survived_with_a_verdict_at_most_per_line(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        key_file(&bytes);
        let file = KeyFile::parse(&bytes);
        let lines = bytes.split(|byte| matches!(byte, b'\n' | b'\r')).count();
        prop_assert!(file.rows.len() <= lines);
    }

    #[test]
    fn any_key_reaches_the_ring(id in 0u32..100_000_000, key in prop::array::uniform16(any::<u8>())) {
        let digits: String = key.iter().map(|byte| format!("{byte:02x} ")).collect();
        let file = KeyFile::parse(format!("id;key\n{id:08};{digits}\n"));
        prop_assert_eq!(candidates(&file, &format!("KAM-{id:08}-1B-16")), [AesKey::new(key)]);
    }
}
