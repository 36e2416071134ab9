//! Key derivation, the authentication layer and its MAC.

use wmbus::security::cipher::{DerivedKey, cmac, cmac_fits, derive_a};
use wmbus::{AesKey, Authentication, Content, Frame, FrameFormat, KeyRing, SealedReason, Telegram, Warning};

use super::common::{check_topic, decode, frame_around, hex};
use super::{ANNEX_N, MODE_7, MODE_7_KEY, key, lines};

#[test]
fn keys_are_derived_by_function_a() {
    check_topic("kdf_a", 4, |vector| {
        let which = match vector.expected("name") {
            "Kenc" => DerivedKey::EncryptionFromMeter,
            "Kmac" => DerivedKey::AuthenticationFromMeter,
            "Lenc" => DerivedKey::EncryptionToMeter,
            "Lmac" => DerivedKey::AuthenticationToMeter,
            other => panic!("key {other}: {}", vector.line),
        };
        let derived = derive_a(
            &key(vector.input("master_key")),
            which,
            vector.array("counter_wire"),
            vector.array("id_wire"),
        );
        assert_eq!(derived.expose().to_vec(), vector.expected_bytes("key"), "{}", vector.line);
    });
}

#[test]
fn cmac_gives_the_published_tags() {
    check_topic("aes_cmac", 3, |vector| {
        let (key, message) = (key(vector.input("key")), vector.bytes("message"));
        let mac = vector.expected_bytes("mac");
        assert_eq!(cmac(&key, &[&message]).to_vec(), mac, "{}", vector.line);
        for length in 1..=16 {
            assert!(cmac_fits(&key, &[&message], &mac[..length]), "{length} bytes of {}", vector.line);
        }
        assert!(!cmac_fits(&key, &[&message], &[]), "{}", vector.line);
    });
}

#[test]
fn the_authentication_layer_splits_into_its_fields() {
    check_topic("afl_layout", 1, |vector| {
        let frame = frame_around(&[vector.bytes("bytes"), hex("78")].concat());
        let telegram = decode(&frame, &KeyRing::default());
        let afl = telegram.afl().unwrap();
        assert_eq!(format!("{:04X}", afl.fragmentation.0), vector.expected("fcl"), "{}", vector.line);
        assert_eq!(
            i128::from(afl.fragmentation.fragment()),
            vector.expected_number("fid"),
            "{}",
            vector.line
        );
        assert_eq!(afl.fragmentation.more_fragments(), vector.expected_number("mf") == 1, "{}", vector.line);
        assert_eq!(
            format!("{:02X}", afl.message_control.unwrap().0),
            vector.expected("mcl"),
            "{}",
            vector.line
        );
        assert_eq!(
            i128::from(afl.message_counter.unwrap()),
            vector.expected_number("mcr"),
            "{}",
            vector.line
        );
        assert_eq!(afl.key_information, None, "{}", vector.line);
        assert_eq!(afl.message_length, None, "{}", vector.line);
        let explanation = telegram.explain();
        let mac = explanation.entries().iter().find(|entry| entry.text.starts_with("MAC")).unwrap();
        assert_eq!(mac.range.len() as i128, vector.expected_number("mac_len"), "{}", vector.line);
        assert_eq!(explanation.bytes()[mac.range.clone()], vector.expected_bytes("mac"), "{}", vector.line);
    });
}

#[test]
fn the_mac_of_the_annex_fits() {
    check_topic("afl_mac", 2, |vector| {
        let parts = [vector.bytes("mcl"), vector.bytes("mcr_wire"), vector.bytes("tpdu_from_ci")];
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        let full = cmac(&key(vector.input("kmac")), &parts);
        assert_eq!(full.to_vec(), vector.expected_bytes("cmac_full"), "{}", vector.line);
        let field = vector.expected_bytes("mac_field");
        assert!(cmac_fits(&key(vector.input("kmac")), &parts, &field), "{}", vector.line);

        // The same message in a frame: AFL, then the transport layer.
        let tpdu = vector.bytes("tpdu_from_ci");
        let afl = [hex("900F002C"), vector.bytes("mcl"), vector.bytes("mcr_wire"), field].concat();
        let mut frame = frame_around(&[afl, tpdu].concat());
        frame[2..10].copy_from_slice(&hex("9315785634123303"));
        let telegram = decode(&frame, &key(MODE_7_KEY));
        assert_eq!(telegram.security().authentication, Authentication::Verified, "{}", vector.line);
        assert_eq!(lines(&telegram), ANNEX_N, "{}", vector.line);
    });
}

#[test]
fn every_flipped_bit_of_an_authenticated_message_is_noticed() {
    let frame = hex(&MODE_7.replace(' ', ""));
    // MCL, counter, MAC and everything from the CI field on; not the bits that say what is present.
    for bit in (18 * 8..frame.len() * 8).filter(|bit| bit / 8 != 30) {
        let mut forged = frame.clone();
        forged[bit / 8] ^= 1 << (bit % 8);
        let forged = Frame::parse(&forged, FrameFormat::WithoutCrc).unwrap();
        if let Ok(telegram) = Telegram::decode(&forged, &key(MODE_7_KEY)) {
            assert!(matches!(telegram.content(), Content::Sealed(_)), "bit {bit}: {:?}", telegram.content());
        }
    }
}

#[test]
fn each_mac_length_is_verified() {
    let tpdu = hex("7A55000000041308190000");
    let counter = hex("01000000");
    let kmac = derive_a(
        &key(MODE_7_KEY),
        DerivedKey::AuthenticationFromMeter,
        counter.clone().try_into().unwrap(),
        hex("78563412").try_into().unwrap(),
    );
    for (kind, length) in [(3u8, 2), (4, 4), (5, 8), (6, 12), (7, 16)] {
        let control = 0x20 | kind;
        let mac = cmac(&kmac, &[&[control], &counter, &tpdu])[..length].to_vec();
        let afl = [vec![0x90, 7 + length as u8, 0x00, 0x2C, control], counter.clone(), mac].concat();
        let frame = frame_around(&[afl, tpdu.clone()].concat());

        let telegram = decode(&frame, &key(MODE_7_KEY));
        assert_eq!(telegram.security().authentication, Authentication::Verified, "type {kind}");
        assert_eq!(lines(&telegram)[0], "volume 6.408 m³");
        // Without a key it is readable all the same; with another it is refused.
        let unverified = decode(&frame, &KeyRing::default());
        assert_eq!(unverified.warnings(), [Warning::MacNotVerified]);
        assert_eq!(unverified.content(), telegram.content());
        let refused = decode(&frame, &AesKey::new([9; 16]));
        assert_eq!(refused.content(), &Content::Sealed(SealedReason::MacFailed), "type {kind}");
    }
}

#[test]
fn a_fragment_waits_for_the_others() {
    let telegram = decode(&frame_around(&hex("9003014025720102")), &key(MODE_7_KEY));
    let Content::Fragment { number: 1, more: true, data } = telegram.content() else {
        panic!("{:?}", telegram.content())
    };
    assert_eq!(data, &hex("720102"));
}
