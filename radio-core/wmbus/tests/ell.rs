//! The extended link layer: headers, session number, AES-128-CTR.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{assert_explanation_tiles, check_topic, decode, frame_around, hex};
use wmbus::ell::{CommunicationControl, SessionNumber};
use wmbus::security::cipher::{ctr_apply, ell_counter_block};
use wmbus::{AesKey, Content, KeyRing, SealedReason, Warning};

/// A Multical 21; session number at 13, payload CRC at 17.
const ENCRYPTED: &str =
    "2A442D2C998734761B168D2091D37CAC21E1D68CDAFFCD3DC452BD802913FF7B1706CA9E355D6C2701CC24";
const KEY: &str = "28F64A24988064A079AA2C807D6102AE";

#[test]
fn session_numbers_split_into_their_fields() {
    check_topic("ell_session_number", 4, |vector| {
        let number = SessionNumber(u32::from_le_bytes(vector.array("wire")));
        assert_eq!(i128::from(number.encryption()), vector.expected_number("enc"), "{}", vector.line);
        assert_eq!(i128::from(number.minutes()), vector.expected_number("minutes"), "{}", vector.line);
        assert_eq!(i128::from(number.session()), vector.expected_number("session"), "{}", vector.line);
    });
}

#[test]
fn an_encrypted_payload_is_opened_with_its_key() {
    check_topic("ell2_aes_ctr", 3, |vector| {
        let frame = vector.bytes("frame_without_dll_crc");
        let key: AesKey = vector.input("key").parse().unwrap();
        let icb =
            ell_counter_block(frame[2..10].try_into().unwrap(), frame[11], frame[13..17].try_into().unwrap());
        assert_eq!(icb.to_vec(), vector.expected_bytes("icb"), "{}", vector.line);

        let telegram = decode(&frame, &key);
        let explanation = telegram.explain();
        let clear = &explanation.bytes()[17..];
        assert_eq!(clear[..2], vector.expected_bytes("payload_crc_wire"), "{}", vector.line);
        assert_eq!(clear[2..], vector.expected_bytes("plaintext_after_crc"), "{}", vector.line);
        assert!(
            matches!(telegram.content(), Content::Records(_) | Content::Compact { .. }),
            "{}",
            vector.line
        );
        assert_explanation_tiles(&telegram, frame.len(), &vector.line);

        assert_eq!(decode(&frame, &AesKey::new([7; 16])).content(), &Content::Sealed(SealedReason::WrongKey));
        assert_eq!(decode(&frame, &KeyRing::default()).content(), &Content::Sealed(SealedReason::NoKey));
    });
}

#[test]
fn the_first_form_has_control_and_access_number() {
    check_topic("ell1_layout", 1, |vector| {
        let telegram = decode(&frame_around(&vector.bytes("bytes")), &KeyRing::default());
        let ell = telegram.ell().unwrap();
        assert_eq!(format!("{:02X}", ell.communication_control.0), vector.expected("cc"), "{}", vector.line);
        assert_eq!(format!("{:02X}", ell.access_number), vector.expected("acc"), "{}", vector.line);
        assert_eq!(ell.communication_control.to_string(), "synchronous", "{}", vector.line);
    });
}

#[test]
fn the_third_form_names_a_receiver() {
    check_topic("ell3_layout", 1, |vector| {
        let telegram = decode(&frame_around(&vector.bytes("bytes")), &KeyRing::default());
        let ell = telegram.ell().unwrap();
        let receiver = ell.receiver.unwrap();
        assert_eq!(format!("{:02X}", ell.communication_control.0), vector.expected("cc"), "{}", vector.line);
        assert_eq!(format!("{:02X}", ell.access_number), vector.expected("acc"), "{}", vector.line);
        assert_eq!(format!("{:04X}", receiver.manufacturer.value()), vector.expected("receiver_m"));
        assert_eq!(receiver.manufacturer.to_string(), vector.expected("receiver_letters"), "{}", vector.line);
        assert_eq!(receiver.identification_number.to_string(), vector.expected("receiver_id"));
        assert_eq!(format!("{:02X}", receiver.version), vector.expected("receiver_version"));
        assert_eq!(format!("{:02X}", receiver.device_type), vector.expected("receiver_type"));
    });
}

#[test]
fn control_bits_have_names() {
    assert_eq!(CommunicationControl(0).to_string(), "no flags");
    assert_eq!(CommunicationControl(0x90).to_string(), "bidirectional, relayed by a repeater");
}

#[test]
fn a_payload_stored_decrypted_needs_no_key() {
    let clear = decode(&hex(ENCRYPTED), &KEY.parse::<AesKey>().unwrap());
    let stored = clear.explain().bytes().to_vec();
    let telegram = decode(&stored, &KeyRing::default());
    assert_eq!(telegram.content(), clear.content());
    assert!(telegram.security().already_decrypted);
    assert!(!clear.security().already_decrypted);
    assert_eq!(telegram.security().ell_encryption, 1);
}

#[test]
fn a_repeater_does_not_change_the_counter_block() {
    for changed in [0x10, 0x02, 0x12] {
        let mut relayed = hex(ENCRYPTED);
        relayed[11] |= changed;
        let telegram = decode(&relayed, &KEY.parse::<AesKey>().unwrap());
        assert_eq!(telegram.content().kind(), "records");
    }
}

#[test]
fn the_fourth_form_opens_with_either_address() {
    let key: AesKey = KEY.parse().unwrap();
    let receiver = hex("3A63665544330A31");
    let content = hex("7802FF207100041308190000");
    for address_in_counter_block in [hex("AE0C785634120107"), receiver.clone()] {
        let session_number = hex("D37CAC21");
        let mut sealed = wmbus::crc::crc16(&content).to_le_bytes().to_vec();
        sealed.extend_from_slice(&content);
        let counter_block = ell_counter_block(
            address_in_counter_block.try_into().unwrap(),
            0x20,
            session_number.clone().try_into().unwrap(),
        );
        ctr_apply(&key, counter_block, &mut sealed);
        let payload = [hex("8F2091"), receiver.clone(), session_number, sealed].concat();
        let telegram = decode(&frame_around(&payload), &key);
        assert_eq!(telegram.content().records()[1].to_string(), "volume 6.408 m³");
    }
}

#[test]
fn reserved_encryption_is_an_unsupported_mode() {
    let mut frame = hex(ENCRYPTED);
    frame[16] = 0x41;
    let telegram = decode(&frame, &KEY.parse::<AesKey>().unwrap());
    assert_eq!(telegram.content(), &Content::Sealed(SealedReason::UnsupportedEllEncryption(2)));
    assert_eq!(telegram.security().ell_encryption, 2);
}

#[test]
fn a_payload_crc_that_does_not_fit_clear_bytes_is_a_doubt() {
    let telegram = decode(&frame_around(&hex("8D2091000000000000780413081900")), &KeyRing::default());
    assert_eq!(telegram.warnings(), [Warning::PayloadCrc, Warning::RecordsDamaged { offset: 20 }]);
    assert!(telegram.is_doubtful());
    assert_eq!(telegram.content().kind(), "records");
}

#[test]
fn the_form_of_unknown_layout_is_kept_raw() {
    let telegram = decode(&frame_around(&hex("860102030405")), &KeyRing::default());
    let Content::Unsupported { ci: 0x86, name: "extended link layer", data } = telegram.content() else {
        panic!("{:?}", telegram.content())
    };
    assert_eq!(data, &hex("0102030405"));
}
