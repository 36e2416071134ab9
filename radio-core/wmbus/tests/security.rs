//! Key derivation, MAC, security modes 5 and 7, and the four ways of not being opened.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use common::{Vector, assert_explanation_tiles, check_topic, decode, frame_around, hex};
use wmbus::encode::{Record, TagLength, TelegramBuilder};
use wmbus::security::cipher::{DerivedKey, cbc_decrypt, cmac, cmac_fits, derive_a, mode_5_iv, mode_10_nonce};
use wmbus::security::lfsr;
use wmbus::{
    AesKey, Authentication, Content, Frame, FrameFormat, Key64, KeyRing, Keys, MeterAddress, SealedReason,
    Telegram, Warning,
};

/// OMS Vol. 2 Annex N, profile A.
const MODE_5: &str =
    "2E4493157856341233037A2A0020255923C95AAA26D1B2E7493B013EC4A6F6D3529B520EDFF0EA6DEFC99D6D69EBF3";
const MODE_5_KEY: &str = "0102030405060708090A0B0C0D0E0F11";
/// OMS Vol. 2 Annex N, profile B, integrated radio: MCR at 18, MAC at 22, CI at 30.
const MODE_7: &str = "434493157856341233038C2075900F002C25B30A000021924D4F2FB66E017A7500200710\
                      9058475F4BC91DF878B80A1B0F98B629024AAC727942BFC549233C0140829B93";
const MODE_7_KEY: &str = "000102030405060708090A0B0C0D0E0F";
const PLAINTEXT: &str = "2F2F0C1427048502046D32371F1502FD1700002F2F2F2F2F2F2F2F2F2F2F2F2F";

fn key(text: &str) -> AesKey {
    text.parse().unwrap()
}

fn lines(telegram: &Telegram) -> Vec<String> {
    telegram.content().records().iter().map(ToString::to_string).collect()
}

const ANNEX_N: [&str; 3] = ["volume 28504.27 m³", "date_time 2008-05-31T23:50", "error_flags 0x0"];

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

/// Decodes a telegram and compares the decrypted part, which begins where the cipher text does.
fn check_plaintext(vector: &Vector, frame: &str, key_name: &str) -> Telegram {
    let frame = vector.bytes(frame);
    let ciphertext = vector.bytes("ciphertext");
    let at = frame.windows(ciphertext.len()).position(|part| part == ciphertext).unwrap();
    let telegram = decode(&frame, &key(vector.input(key_name)));
    let clear = telegram.explain().bytes()[at..at + ciphertext.len()].to_vec();
    assert_eq!(clear, vector.expected_bytes("plaintext"), "{}", vector.line);
    assert_eq!(telegram.content().kind(), "records", "{}", vector.line);
    assert_explanation_tiles(&telegram, frame.len(), &vector.line);
    assert_eq!(
        decode(&frame, &key("FF".repeat(16).as_str())).content(),
        &Content::Sealed(SealedReason::WrongKey)
    );
    assert_eq!(decode(&frame, &KeyRing::default()).content(), &Content::Sealed(SealedReason::NoKey));
    telegram
}

#[test]
fn mode_5_is_opened() {
    check_topic("tpl_mode5_aes_cbc", 3, |vector| {
        let iv: [u8; 16] = vector.array("iv");
        assert_eq!(mode_5_iv(iv[..8].try_into().unwrap(), iv[15]), iv, "{}", vector.line);
        if vector.input_json("frame").is_null() {
            let mut part = vector.bytes("ciphertext");
            cbc_decrypt(&key(vector.input("key")), iv, &mut part);
            assert_eq!(part, vector.expected_bytes("plaintext"), "{}", vector.line);
        } else {
            check_plaintext(vector, "frame", "key");
        }
    });
}

#[test]
fn a_clear_tail_belongs_to_the_same_records() {
    check_topic("tpl_mode5_partial_encryption", 1, |vector| {
        let telegram = check_plaintext(vector, "frame_without_crc", "key");
        let tail = vector.expected_bytes("clear_tail");
        assert_eq!(telegram.content().records().last().unwrap().raw[..], tail[..], "{}", vector.line);
        assert_eq!(
            lines(&telegram),
            [
                "hca_units 1234 HCA",
                "date 2007-04-30 (storage 1)",
                "hca_units 23456 HCA (storage 1)",
                "customer_location 12345678",
            ]
        );
        assert_eq!(telegram.meter().to_string(), "QDS-55667788-55-08");
        assert!(telegram.status().unwrap().is_power_low());
    });
}

#[test]
fn mode_7_is_opened_with_its_mac_verified() {
    check_topic("tpl_mode7_kdf_cbc", 1, |vector| {
        let telegram = check_plaintext(vector, "frame_without_crc", "master_key");
        assert_eq!(telegram.security().authentication, Authentication::Verified, "{}", vector.line);
        assert_eq!(telegram.security().profile(), Some('B'));
        assert_eq!(telegram.message_counter(), Some(2739));
        assert_eq!(lines(&telegram), ANNEX_N);
    });
}

#[test]
fn mode_10_is_opened_with_its_tag_verified() {
    check_topic("tpl_mode10_aes_ccm", 2, |vector| {
        let frame = vector.bytes("frame_without_crc");
        let meter_key = key(vector.input("key"));
        let telegram = decode(&frame, &meter_key);
        let header = telegram.tpl().unwrap().header.as_ref().unwrap();
        let extension = header.extension.unwrap();
        assert_eq!(format!("{:04X}", header.configuration.0), vector.expected("cf"), "{}", vector.line);
        assert_eq!(format!("{:04X}", extension.field), vector.expected("cf_ext"), "{}", vector.line);
        let counter = telegram.message_counter().unwrap();
        assert_eq!(i128::from(counter), vector.expected_number("message_counter"), "{}", vector.line);

        let address = telegram.meter().to_link_bytes();
        let number = telegram.meter().identification_number.to_wire();
        let derived = derive_a(&meter_key, DerivedKey::EncryptionFromMeter, counter.to_le_bytes(), number);
        assert_eq!(derived.expose().to_vec(), vector.expected_bytes("kenc"), "{}", vector.line);
        assert_eq!(mode_10_nonce(address, counter).to_vec(), vector.expected_bytes("nonce"));

        let plaintext = vector.expected_bytes("plaintext");
        let range = telegram.decrypted_range().unwrap();
        assert_eq!(telegram.explain().bytes()[range.clone()], plaintext, "{}", vector.line);
        let records: Vec<u8> =
            telegram.content().records().iter().flat_map(|record| record.raw.to_vec()).collect();
        assert_eq!(records, plaintext, "the tag is no record: {}", vector.line);
        assert_eq!(frame[range.end..], vector.expected_bytes("tag"), "{}", vector.line);
        assert_eq!(telegram.security().authentication, Authentication::Verified);
        assert_eq!(telegram.security().profile(), Some('D'));
        assert_eq!(telegram.warnings(), []);
        assert_explanation_tiles(&telegram, frame.len(), &vector.line);

        assert_eq!(decode(&frame, &KeyRing::default()).content(), &Content::Sealed(SealedReason::NoKey));
        assert_eq!(decode(&frame, &AesKey::new([1; 16])).content(), &Content::Sealed(SealedReason::WrongKey));
        // The tag covers the transport header as well; only the CI field says that there is one.
        for bit in (11 * 8..frame.len() * 8).filter(|bit| bit / 8 != 13) {
            let mut forged = frame.clone();
            forged[bit / 8] ^= 1 << (bit % 8);
            let Ok(telegram) =
                Telegram::decode(&Frame::parse(&forged, FrameFormat::WithoutCrc).unwrap(), &meter_key)
            else {
                continue;
            };
            let is_ell = matches!(bit / 8, 11 | 12);
            assert_eq!(telegram.content().records().is_empty(), !is_ell, "bit {bit}: {}", vector.line);
        }
    });
}

#[test]
fn each_tag_length_is_verified_with_either_header_and_with_a_clear_tail() {
    let (sender, meter) = ("QDS-11223344-55-37".parse().unwrap(), "ELS-12345678-33-03".parse().unwrap());
    let builder = || TelegramBuilder::new(sender).access_number(9).record(Record::int32(6_408).volume(-3));
    for tag in [TagLength::Four, TagLength::Eight, TagLength::Twelve, TagLength::Sixteen] {
        for (builder, count) in [
            (builder(), 1),
            (builder().long_header(meter), 1),
            (builder().clear_record(Record::int16(3).error_flags()), 2),
        ] {
            let frame = builder.mode10(key(MODE_7_KEY), 0x0102_0304, tag).build().unwrap();
            let telegram = Telegram::decode(&frame, &key(MODE_7_KEY)).unwrap();
            assert_eq!(telegram.security().authentication, Authentication::Verified, "{tag:?}");
            assert_eq!(telegram.message_counter(), Some(0x0102_0304));
            assert_eq!(lines(&telegram)[0], "volume 6.408 m³");
            assert_eq!(lines(&telegram).len(), count);
            assert_explanation_tiles(&telegram, frame.bytes().len(), "mode 10");
            for reason in [SealedReason::WrongKey, SealedReason::NoKey] {
                let (wrong, ring) = (AesKey::new([1; 16]), KeyRing::default());
                let keys = if reason == SealedReason::NoKey { &ring as &dyn Keys } else { &wrong };
                let sealed = Telegram::decode(&frame, keys).unwrap();
                assert_eq!(sealed.content(), &Content::Sealed(reason));
            }
        }
    }
}

#[test]
fn mode_10_without_a_counter_or_with_a_reserved_derivation_is_not_supported() {
    for header in ["7A3010FF0A1001", "7A3010FF2A300101020304"] {
        let frame = frame_around(&hex(&format!("{header}{}", "00".repeat(20))));
        let telegram = decode(&frame, &key(MODE_7_KEY));
        assert_eq!(telegram.content(), &Content::Sealed(SealedReason::UnsupportedMode(10)), "{header}");
    }
}

#[test]
fn a_key_version_stands_between_extension_and_counter() {
    let frame = frame_around(&hex(&format!("7A3010FF2A5001078C570E00{}", "00".repeat(20))));
    let telegram = decode(&frame, &KeyRing::default());
    let header = telegram.tpl().unwrap().header.as_ref().unwrap();
    assert_eq!(header.extension.unwrap().key_version, Some(7));
    assert_eq!(telegram.message_counter(), Some(939_916));
    assert_explanation_tiles(&telegram, frame.len(), "key version");
}

#[test]
fn mode_4_begins_with_zeroes() {
    // The vector of mode 5 is address and access number: of a meter of zeroes it is that of mode 4.
    let right = key(MODE_5_KEY);
    let nobody = MeterAddress::from_link_bytes([0; 8]);
    let mode_5 = TelegramBuilder::new(nobody).record(Record::int32(6_408).volume(-3)).mode5(right.clone());
    let mut frame = mode_5.build().unwrap().bytes().to_vec();
    frame[14] = 0x04;
    let telegram = decode(&frame, &right);
    assert_eq!((lines(&telegram), telegram.security().mode), (vec!["volume 6.408 m³".to_owned()], 4));
    // Of another meter mode 5 has another vector, mode 4 has not.
    frame[2..10].copy_from_slice(&hex("9315785634123303"));
    assert_eq!(lines(&decode(&frame, &right)), ["volume 6.408 m³"]);
    frame[14] = 0x05;
    assert_eq!(decode(&frame, &right).content(), &Content::Sealed(SealedReason::WrongKey));
}

#[test]
fn what_is_left_in_clear_is_readable_without_a_key() {
    let builder = || {
        TelegramBuilder::new("ELS-12345678-33-03".parse().unwrap())
            .record(Record::int32(6_408).volume(-3))
            .clear_record(Record::int16(3).error_flags())
    };
    let key = key(MODE_7_KEY);
    for protected in [
        builder().mode5(key.clone()),
        builder().mode10(key.clone(), 5, TagLength::Eight),
        builder().mode2(Key64::new([9; 8])),
    ] {
        let frame = protected.build().unwrap();
        let telegram = Telegram::decode(&frame, &KeyRing::default()).unwrap();
        assert_eq!(telegram.content(), &Content::Sealed(SealedReason::NoKey));
        let clear: Vec<String> = telegram.clear_records().iter().map(ToString::to_string).collect();
        assert_eq!(clear, ["error_flags 0x3"]);
        assert_explanation_tiles(&telegram, frame.bytes().len(), "clear behind sealed");
    }
    // With the key they are records like the others.
    let opened = Telegram::decode(&builder().mode5(key.clone()).build().unwrap(), &key).unwrap();
    assert_eq!((opened.content().records().len(), opened.clear_records()), (2, [].as_slice()));
    // Neither what a MAC refuses, nor half a record.
    let mut forged = builder().mode7(key.clone(), 1).build().unwrap().bytes().to_vec();
    forged[20] ^= 1;
    let refused = decode(&forged, &key);
    assert_eq!(
        (refused.content(), refused.clear_records()),
        (&Content::Sealed(SealedReason::MacFailed), [].as_slice())
    );
    let mut cut = builder().mode5(key).build().unwrap().bytes().to_vec();
    cut.pop();
    cut[0] -= 1;
    assert_eq!(decode(&cut, &KeyRing::default()).clear_records(), []);
}

#[test]
fn mode_2_counts_bytes_and_leaves_the_rest_in_clear() {
    let frame = TelegramBuilder::new("ALK-00000001-04-07".parse().unwrap())
        .record(Record::int32(6_408).volume(-3))
        .clear_record(Record::int16(3).error_flags())
        .mode2(Key64::new([9; 8]))
        .build()
        .unwrap();
    let telegram = Telegram::decode(&frame, &Key64::new([9; 8])).unwrap();
    assert_eq!(lines(&telegram), ["volume 6.408 m³", "error_flags 0x3"]);
}

#[test]
fn a_message_that_does_not_hold_its_tag_is_sealed() {
    let frame = frame_around(&hex("7A3010FF2A10018C570E000102030405"));
    let telegram = decode(&frame, &key(MODE_7_KEY));
    assert_eq!(telegram.content(), &Content::Sealed(SealedReason::WrongKey));
    assert_eq!(telegram.warnings(), [Warning::EncryptedPartCutOff { announced: 8, found: 5 }]);
    assert!(telegram.is_doubtful());
}

#[test]
fn mode_2_is_opened_with_a_key_of_64_bits() {
    check_topic("tpl_mode2_des_cbc", 1, |vector| {
        let frame = vector.bytes("frame");
        let key_64: Key64 = vector.input("key").parse().unwrap();
        let telegram = decode(&frame, &key_64);
        let range = telegram.decrypted_range().unwrap();
        assert_eq!(telegram.explain().bytes()[range], vector.expected_bytes("plaintext"), "{}", vector.line);
        assert_eq!(lines(&telegram), ["volume 1.000 m³"], "{}", vector.line);
        assert_explanation_tiles(&telegram, frame.len(), &vector.line);
        for (keys, reason) in [
            (&KeyRing::default() as &dyn Keys, SealedReason::NoKey),
            (&key(MODE_7_KEY), SealedReason::NoKey),
            (&Key64::new([7; 8]), SealedReason::WrongKey),
        ] {
            assert_eq!(decode(&frame, keys).content(), &Content::Sealed(reason), "{}", vector.line);
        }
    });
}

#[test]
fn real_data_is_unscrambled_with_the_published_key() {
    check_topic("diehl_real_data_lfsr", 1, |vector| {
        let frame = vector.bytes("frame");
        let telegram = decode(&frame, &KeyRing::default());
        let range = telegram.decrypted_range().unwrap();
        assert_eq!(telegram.explain().bytes()[range], vector.expected_bytes("decoded"), "{}", vector.line);
        assert_eq!(lines(&telegram)[0], "energy 2651 kWh", "{}", vector.line);
        assert!(telegram.security().default_key);
        assert_eq!(telegram.warnings(), [Warning::DefaultKey]);
        assert_explanation_tiles(&telegram, frame.len(), &vector.line);
        // Stored unscrambled it needs no key.
        let stored = telegram.explain().bytes().to_vec();
        let again = decode(&stored, &KeyRing::default());
        assert_eq!(again.content(), telegram.content());
        assert!(again.security().already_decrypted);
        assert!(!again.security().default_key);
    });
}

#[test]
fn real_data_of_another_key_is_opened_with_that_key_only() {
    let own: Key64 = "1122334455667788".parse().unwrap();
    let records = hex("0C06512600000C1347031500");
    let sum = records.iter().fold(0u8, |sum, byte| sum.wrapping_add(*byte));
    let head = [hex("442423"), hex("200425609268"), hex("7A370040"), vec![sum | 0x10]].concat();
    let mut frame = [vec![u8::try_from(head.len() + records.len()).unwrap()], head, records].concat();
    let scrambled = lfsr::unscramble(&own, &frame).unwrap();
    frame[lfsr::FIRST..].copy_from_slice(&scrambled);

    let telegram = decode(&frame, &own);
    assert_eq!(lines(&telegram), ["energy 2651 kWh", "volume 150.347 m³"]);
    assert_eq!(telegram.meter().to_string(), "HYD-68926025-20-04");
    assert_eq!(telegram.warnings(), []);
    assert_eq!(decode(&frame, &KeyRing::default()).content(), &Content::Sealed(SealedReason::NoKey));
    assert_eq!(decode(&frame, &Key64::new([3; 8])).content(), &Content::Sealed(SealedReason::WrongKey));
}

#[test]
fn a_published_key_is_tried_last_and_told() {
    let address = "APA-12345678-05-07".parse().unwrap();
    let volume = || Record::int32(6_408).volume(-3);
    let with = |key: AesKey| TelegramBuilder::new(address).record(volume()).mode5(key).build().unwrap();
    let own = AesKey::new([5; 16]);

    let published = with(AesKey::new([0; 16]));
    for keys in [&KeyRing::default() as &dyn Keys, &own] {
        let telegram = Telegram::decode(&published, keys).unwrap();
        assert_eq!(lines(&telegram), ["volume 6.408 m³"]);
        assert_eq!(telegram.warnings(), [Warning::DefaultKey]);
        assert!(telegram.security().default_key);
        assert!(!telegram.is_doubtful());
    }
    let telegram = Telegram::decode(&with(own.clone()), &own).unwrap();
    assert_eq!((lines(&telegram).len(), telegram.warnings()), (1, [].as_slice()));
    let sealed = Telegram::decode(&with(own), &KeyRing::default()).unwrap();
    assert_eq!(sealed.content(), &Content::Sealed(SealedReason::NoKey), "a published key is not the meter's");
    let other_maker = TelegramBuilder::new("ELS-12345678-05-07".parse().unwrap())
        .record(volume())
        .mode5(AesKey::new([0; 16]))
        .build()
        .unwrap();
    let sealed = Telegram::decode(&other_maker, &KeyRing::default()).unwrap();
    assert_eq!(sealed.content(), &Content::Sealed(SealedReason::NoKey));
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

#[test]
fn a_telegram_stored_decrypted_needs_no_key() {
    for (frame, at) in [(MODE_5.to_owned(), 15), (MODE_7.replace(' ', ""), 36)] {
        let mut stored = hex(&frame);
        stored[at..].copy_from_slice(&hex(PLAINTEXT));
        for keys in [&KeyRing::default() as &dyn Keys, &AesKey::new([3; 16])] {
            let telegram = decode(&stored, keys);
            assert_eq!(lines(&telegram), ANNEX_N);
            assert!(telegram.security().already_decrypted);
        }
    }
}

#[test]
fn mode_5_without_a_count_is_opened_if_a_key_fits() {
    let mut frame = hex(MODE_5);
    frame[13] = 0x00;
    assert_eq!(lines(&decode(&frame, &key(MODE_5_KEY))), ANNEX_N);
    assert_eq!(decode(&frame, &AesKey::new([3; 16])).content(), &Content::Sealed(SealedReason::WrongKey));
    let clear = frame_around(&hex(&format!("7A2A000005{}", &PLAINTEXT[4..])));
    assert_eq!(lines(&decode(&clear, &KeyRing::default())), ANNEX_N, "no count and records to the last byte");
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

#[test]
fn several_keys_are_tried_in_turn() {
    let frame = hex(MODE_5);
    let address = decode(&frame, &KeyRing::default()).meter();
    let mut ring = KeyRing::default();
    ring.insert(address.identification_number, AesKey::new([1; 16]));
    ring.insert_for(address, AesKey::new([2; 16]));
    assert_eq!(decode(&frame, &ring).content(), &Content::Sealed(SealedReason::WrongKey));
    ring.insert(address.identification_number, key(MODE_5_KEY));
    assert_eq!(lines(&decode(&frame, &ring)), ANNEX_N);
}

#[test]
fn keys_are_never_shown() {
    let frame = hex(MODE_5);
    let mut ring = KeyRing::default();
    ring.insert("12345678".parse().unwrap(), key(MODE_5_KEY));
    let telegram = decode(&frame, &ring);
    let shown = format!("{ring:?} {:?} {telegram:?} {}", key(MODE_5_KEY), telegram.explain());
    assert!(!shown.to_uppercase().contains(MODE_5_KEY));
    assert!(!shown.contains("[1, 2, 3, 4, 5, 6, 7, 8"), "{shown}");
    assert!(!"00".repeat(17).parse::<AesKey>().unwrap_err().to_string().contains("0000"));
}

#[test]
fn prios_telegrams_are_unscrambled_to_the_published_bytes() {
    check_topic("diehl_prios_lfsr", 3, |vector| {
        let frame = vector.bytes("frame");
        let decoded = lfsr::FACTORY_KEYS.each_ref().map(|key| lfsr::unscramble(key, &frame).unwrap());
        let fits = decoded.iter().find(|bytes| bytes.starts_with(&[0x4B])).unwrap();
        assert_eq!(*fits, vector.expected_bytes("decoded"), "{}", vector.line);
    });
}

#[test]
fn a_key_of_64_bits_is_found_by_address_and_by_number() {
    let (exact, any): (Key64, Key64) =
        ("0102030405060708".parse().unwrap(), "1112131415161718".parse().unwrap());
    let address = "HYD-12345678-01-07".parse().unwrap();
    let mut ring = KeyRing::default();
    ring.insert_64("12345678".parse().unwrap(), any.clone());
    ring.insert_64_for(address, exact.clone());
    assert_eq!(ring.candidates_64(&address), [&exact, &any]);
    assert!(ring.candidates(&address).is_empty());
    assert_eq!(format!("{exact:?}"), "Key64(..)");
    assert!("01020304050607".parse::<Key64>().is_err());
}
