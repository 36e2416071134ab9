//! The ways of not being opened, and what only looks encrypted.

use wmbus::{
    AesKey, Authentication, Content, Frame, FrameFormat, KeyRing, Keys, SealedReason, Telegram, Warning,
};

use super::common::{assert_explanation_tiles, decode, frame_around, hex};
use super::{ANNEX_N, MODE_5, MODE_5_KEY, MODE_7, MODE_7_KEY, key, lines};

#[test]
fn a_message_that_does_not_hold_its_tag_is_sealed() {
    let frame = frame_around(&hex("7A3010FF2A10018C570E000102030405"));
    let telegram = decode(&frame, &key(MODE_7_KEY));
    assert_eq!(telegram.content(), &Content::Sealed(SealedReason::WrongKey));
    assert_eq!(telegram.warnings(), [Warning::EncryptedPartCutOff { announced: 8, found: 5 }]);
    assert!(telegram.is_doubtful());
}

#[test]
fn modes_without_support_say_so_and_keep_the_bytes() {
    for (mode, name) in [
        (3, "DES-CBC with IV"),
        (8, "AES-128-CTR with CMAC"),
        (9, "AES-128-GCM"),
        (13, "TLS 1.2"),
        (21, "manufacturer specific"),
    ] {
        let frame = frame_around(&hex(&format!("7A000000{mode:02X}0102030405060708")));
        let telegram = decode(&frame, &key(MODE_5_KEY));
        let reason = SealedReason::UnsupportedMode(mode);
        assert_eq!(telegram.content(), &Content::Sealed(reason));
        assert_eq!(reason.to_string(), format!("security mode {mode} ({name}) is not supported"));
        assert_explanation_tiles(&telegram, frame.len(), name);
    }
}

#[test]
fn the_ways_of_not_being_opened_are_four() {
    let mode_7 = hex(&MODE_7.replace(' ', ""));
    let mut forged = mode_7.clone();
    forged[22] ^= 1;
    let mut other_mode = mode_7.clone();
    other_mode[34] = 0x09;
    let ring = KeyRing::default();
    let right = key(MODE_7_KEY);
    let wrong = AesKey::new([1; 16]);
    for (frame, keys, reason, name) in [
        (&mode_7, &ring as &dyn Keys, SealedReason::NoKey, "no_key"),
        (&mode_7, &wrong, SealedReason::WrongKey, "wrong_key"),
        (&forged, &right, SealedReason::MacFailed, "mac_failed"),
        (&other_mode, &right, SealedReason::UnsupportedMode(9), "unsupported_mode"),
    ] {
        let telegram = decode(frame, keys);
        assert_eq!(telegram.content(), &Content::Sealed(reason));
        assert_eq!(reason.as_str(), name);
        assert_eq!(telegram.meter().to_string(), "ELS-12345678-33-03", "a sealed telegram has its addresses");
        assert_eq!(telegram.access_number(), Some(0x75));
        assert!(telegram.status().is_some());
    }
    assert_eq!(decode(&forged, &right).security().authentication, Authentication::Failed);
}

#[test]
fn fillers_alone_do_not_make_a_key_the_right_one() {
    // A body that begins with the fillers but then with a reserved DIF.
    let frame = frame_around(&hex(&format!("7A2A001005{}", "2F2F3F0102030405060708090A0B0C0D")));
    assert_eq!(decode(&frame, &KeyRing::default()).content(), &Content::Sealed(SealedReason::NoKey));
}

#[test]
fn an_encrypted_part_that_is_cut_off_is_told() {
    let mut frame = hex(&MODE_5[..MODE_5.len() - 32]);
    frame[0] -= 16;
    let telegram = decode(&frame, &key(MODE_5_KEY));
    let cut_off = Warning::EncryptedPartCutOff { announced: 32, found: 16 };
    assert_eq!(telegram.warnings(), [cut_off, Warning::RecordsDamaged { offset: 29 }]);
    assert!(telegram.is_doubtful());
    assert_eq!(lines(&telegram)[0], ANNEX_N[0]);
}

/// OMS Vol. 2 Annex N.2.2, a wired telegram, with other configuration and data bytes.
fn wired(configuration: &str, records: &str) -> Telegram {
    let content = hex(&format!("08FD7278563412931533032A00{configuration}{records}"));
    let length = u8::try_from(content.len()).unwrap();
    let checksum = content.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    let frame = [vec![0x68, length, length, 0x68], content, vec![checksum, 0x16]].concat();
    Telegram::decode(&Frame::parse(&frame, FrameFormat::Wired).unwrap(), &KeyRing::default()).unwrap()
}

#[test]
fn the_signature_of_an_old_wired_meter_is_not_an_encryption() {
    let old = wired("27B6", "0C1427048502");
    assert_eq!(old.warnings(), [Warning::OldSignature]);
    assert_eq!(lines(&old), ["volume 28504.27 m³"]);
    // The signature may look like mode 5 by chance.
    let makers = format!("0F{}", "0D7F372E9A".repeat(6));
    let old = wired("2005", &format!("0C1427048502{makers}"));
    assert_eq!(old.warnings(), [Warning::OldSignature]);
    assert_eq!(lines(&old)[0], "volume 28504.27 m³");
    assert_eq!(wired("2005", &format!("{makers}00")).content(), &Content::Sealed(SealedReason::NoKey));
    // Not records to the last byte, or a mode that the standard knows: sealed.
    assert_eq!(wired("27B6", "0C142704").content(), &Content::Sealed(SealedReason::UnsupportedMode(22)));
    assert_eq!(wired("2709", "0C1427048502").content(), &Content::Sealed(SealedReason::UnsupportedMode(9)));
}
