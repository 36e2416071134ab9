//! Which keys are tried: several of one meter, makers' published ones, those of 64 bits.

use wmbus::encode::{Record, TelegramBuilder};
use wmbus::security::lfsr;
use wmbus::{AesKey, Content, Key64, KeyRing, Keys, SealedReason, Telegram, Warning};

use super::common::{assert_explanation_tiles, check_topic, decode, hex};
use super::{ANNEX_N, MODE_5, MODE_5_KEY, key, lines};

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
