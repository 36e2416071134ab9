//! Each security mode, opened.

use wmbus::encode::{Record, TagLength, TelegramBuilder};
use wmbus::security::cipher::{DerivedKey, cbc_decrypt, derive_a, mode_5_iv, mode_10_nonce};
use wmbus::{
    AesKey, Authentication, Content, Frame, FrameFormat, Key64, KeyRing, Keys, Manufacturer, MeterAddress,
    SealedReason, Telegram,
};

use super::common::{Vector, assert_explanation_tiles, check_topic, decode, frame_around, hex};
use super::{ANNEX_N, MODE_5, MODE_5_KEY, MODE_7, MODE_7_KEY, PLAINTEXT, key, lines};

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
fn mode_5_is_opened_where_the_meter_starts_from_another_manufacturer() {
    // As Sanxing's meters do: with the manufacturer of the frame the fillers 2F 2F come out as 60 9B.
    let key = key("000102030405060708090A0B0C0D0E0F");
    let sanxing = |record: Record| {
        let mut address: MeterAddress = "SXE-12345678-01-02".parse().unwrap();
        let [low, high] = address.manufacturer.value().to_le_bytes();
        address.manufacturer = Manufacturer::from_value(u16::from_le_bytes([low ^ 0x4F, high ^ 0xB4]));
        let frame = TelegramBuilder::new(address).record(record).mode5(key.clone()).build().unwrap();
        let mut bytes = frame.bytes().to_vec();
        bytes[2..4].copy_from_slice(&[low, high]);
        decode(&bytes, &key)
    };
    let opened = sanxing(Record::int32(6_408).energy_kwh(-3));
    assert_eq!(lines(&opened), ["energy 6.408 kWh"]);
    assert_eq!(opened.meter().to_string(), "SXE-12345678-01-02");
    // Without fillers at its end the two bytes say too little.
    let full = sanxing(Record::raw(0xD, [[11].as_slice(), &[0x41; 11]].concat()).vif(&[0x78]));
    assert_eq!(full.content(), &Content::Sealed(SealedReason::WrongKey));
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
