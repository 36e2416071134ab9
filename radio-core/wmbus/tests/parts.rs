//! A telegram taken apart: what was on the air, what was decrypted, and what each byte means.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_parts_tile, frame_around, hex};
use wmbus::encode::{Record, TelegramBuilder};
use wmbus::explain::{Layer, Part, Parts, Stretch};
use wmbus::{AesKey, Frame, FrameFormat, Hex, KeyRing, Keys};

/// OMS Vol. 2, Annex N.2.1: a gas meter, security mode 5.
const OMS_GAS: &str =
    "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3";
const OMS_GAS_KEY: &str = "0102030405060708090A0B0C0D0E0F11";
/// A water meter whose extended link layer is encrypted (the project's `ell2_aes_ctr` vector).
const ELL_WATER: &str =
    "2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24";

fn parts(bytes: &[u8], keys: &dyn Keys) -> Parts {
    let frame = Frame::parse(bytes, FrameFormat::WithoutCrc).unwrap();
    let parts = Parts::of(&frame, keys);
    assert_parts_tile(&parts, frame.bytes(), "example");
    parts
}

fn find<'a>(parts: &'a Parts, field: &str) -> &'a Part {
    parts.parts().iter().find(|part| part.field == field).unwrap()
}

#[test]
fn what_was_decrypted_stands_apart_from_what_was_on_the_air() {
    let key: AesKey = OMS_GAS_KEY.parse().unwrap();
    let parts = parts(&hex(OMS_GAS), &key);
    assert_eq!(Hex(parts.on_air()).to_string(), OMS_GAS);
    assert_eq!(
        Hex(parts.decrypted().unwrap()).to_string(),
        "2F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F"
    );
    let encrypted = find(&parts, "Encrypted");
    assert_eq!((encrypted.range.clone(), encrypted.of, encrypted.layer), (15..47, Stretch::Air, Layer::Tpl));
    assert!(!encrypted.is_warning);
    let volume = find(&parts, "volume");
    assert_eq!((volume.range.clone(), volume.of, volume.depth), (2..8, Stretch::Plain, 0));
    assert_eq!(volume.value.as_deref(), Some("28504.27 m³"));
    let pieces: Vec<_> =
        parts.parts().iter().skip_while(|part| part.field != "volume").skip(1).take(3).collect();
    assert_eq!(pieces.iter().map(|part| part.field).collect::<Vec<_>>(), ["DIB", "VIB", "Data"]);
    assert!(pieces.iter().all(|part| part.depth == 1));
    assert_eq!(find(&parts, "L").value.as_deref(), Some("46"));
    assert_eq!(find(&parts, "ACC").value.as_deref(), Some("42"));
}

#[test]
fn a_sealed_telegram_says_why_and_shows_nothing_decrypted() {
    let parts = parts(&hex(OMS_GAS), &KeyRing::default());
    assert_eq!(parts.decrypted(), None);
    let sealed = find(&parts, "Encrypted");
    assert_eq!((sealed.range.clone(), sealed.of), (15..47, Stretch::Air));
    assert_eq!(sealed.text, "not readable: no key known for this meter");
    assert!(sealed.is_warning);
}

#[test]
fn all_that_the_extended_link_layer_encrypts_is_one_stretch() {
    let sealed = parts(&hex(ELL_WATER), &KeyRing::default());
    assert_eq!(sealed.decrypted(), None);
    assert!(find(&sealed, "Encrypted").is_warning);

    let key = AesKey::new([7; 16]);
    let frame = TelegramBuilder::new("KAM-76349987-1B-16".parse().unwrap())
        .no_header()
        .ell_ctr(key.clone(), 1, 1)
        .record(Record::int32(123_529).volume(-3))
        .build()
        .unwrap();
    let opened = parts(frame.bytes(), &key);
    let encrypted = find(&opened, "Encrypted");
    assert_eq!((encrypted.range.clone(), encrypted.layer), (17..frame.bytes().len(), Layer::Ell));
    assert_eq!((find(&opened, "CRC").of, find(&opened, "CRC").range.clone()), (Stretch::Plain, 0..2));
    assert_eq!(find(&opened, "volume").value.as_deref(), Some("123.529 m³"));
}

#[test]
fn a_record_that_begins_encrypted_and_ends_in_clear_is_told_in_two_parts() {
    let key: AesKey = OMS_GAS_KEY.parse().unwrap();
    // One block announced instead of two: the error flags begin at its last two bytes.
    let mut bytes = hex(OMS_GAS);
    bytes[13] = 0x10;
    let parts = parts(&bytes, &key);
    assert_eq!(parts.decrypted().unwrap().len(), 16);
    let begin = parts.parts().iter().rfind(|part| part.of == Stretch::Plain && part.depth == 0).unwrap();
    assert_eq!(begin.range, 14..16);
    let rest: Vec<_> =
        parts.parts().iter().filter(|part| part.text.starts_with("continued: ") && part.depth == 0).collect();
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].of, rest[0].range.start, rest[0].value.as_ref()), (Stretch::Air, 31, None));
}

#[test]
fn a_frame_that_is_no_telegram_says_what_is_missing() {
    let frame = frame_around(&hex("7A2A"));
    let parts = parts(&frame, &KeyRing::default());
    assert!(parts.telegram().is_err());
    let fault = parts.parts().last().unwrap();
    assert_eq!(fault.layer, Layer::Tpl);
    assert!(fault.is_warning);
    assert_eq!(fault.text, "transport layer is cut off: 1 more bytes needed at byte 12");
}
