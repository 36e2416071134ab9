//! PRIOS, as Izar modules send it.

use walkby_properties::{assert_explanation_tiles, telegram as check};
use wmbus::security::lfsr;
use wmbus::{Content, Key64, KeyRing, SealedReason, Telegram, Warning};

use super::common::{check_topic, decode, hex};
use super::{alarms, derived};

#[test]
fn prios_telegrams_unscramble_as_published() {
    check_topic("diehl_prios_lfsr", 3, |vector| {
        let frame = vector.bytes("frame");
        let telegram = decode(&frame, &KeyRing::default());
        assert_explanation_tiles(&telegram, frame.len(), &vector.line);
        let plain = telegram.decrypted_range().unwrap();
        assert_eq!(telegram.explain().bytes()[plain], vector.expected_bytes("decoded"), "{}", vector.line);
        let litres = |name| wmbus::Decimal::new(vector.expected_number(name), -3);
        let records = derived(&telegram);
        assert_eq!(records[0], format!("volume {} m³", litres("total_l")));
        assert_eq!(records[1], format!("volume {} m³ (storage 17)", litres("last_month_l")));
        assert_eq!(records[2], format!("date {} (storage 17)", vector.expected("date")));
    });
}

/// Scrambles a PRIOS telegram of a Hydrometer meter with the maker's first key.
fn prios(header: &str, plain: &str) -> Telegram {
    prios_with(header, plain, &KeyRing::default())
}

fn prios_with(header: &str, plain: &str, keys: &KeyRing) -> Telegram {
    let [key, _] = &lfsr::FACTORY_KEYS;
    let plain = hex(plain);
    let mut frame =
        hex(&format!("0044242385071234 5678 A2{header}{}", "00".repeat(plain.len())).replace(' ', ""));
    frame[0] = u8::try_from(frame.len() - 1).unwrap();
    let stream = lfsr::unscramble(key, &frame).unwrap();
    frame.splice(lfsr::FIRST.., stream.iter().zip(&plain).map(|(a, b)| a ^ b));
    check(&frame);
    decode(&frame, keys)
}

#[test]
fn a_prios_telegram_may_end_behind_the_total() {
    let telegram = prios("01481000", "4B40E20100");
    assert_eq!(telegram.meter().to_string(), "HYD-78563412-85-07");
    assert_eq!(
        derived(&telegram),
        [
            "volume 123.456 m³",
            "transmission_period 8 s",
            "remaining_battery_life 4.0 year",
            "error_flags 0x104000",
        ]
    );
    assert_eq!(alarms(&telegram), ["leak (past)", "submerged"]);
    assert_eq!(telegram.layout(), Some("prios"));
    assert!(telegram.security().default_key);
}

#[test]
fn a_prios_telegram_with_an_impossible_date_is_kept_raw() {
    let telegram = prios("01081000", "4B40E20100 3FE20100 1F2D".replace(' ', "").as_str());
    assert_eq!(derived(&telegram), [""; 0]);
    assert_eq!(
        telegram.warnings(),
        [Warning::DefaultKey, Warning::LayoutMismatch { layout: "prios" }],
        "November has no day 31"
    );
}

#[test]
fn a_prios_telegram_that_no_key_unscrambles_stays_sealed() {
    let sealed_with = |keys: &KeyRing| prios_with("01081000", "4C40E20100", keys).into_content();
    assert_eq!(sealed_with(&KeyRing::default()), Content::Sealed(SealedReason::NoKey));
    let mut keys = KeyRing::default();
    keys.insert_64("78563412".parse().unwrap(), Key64::new([0x11; 8]));
    assert_eq!(sealed_with(&keys), Content::Sealed(SealedReason::WrongKey));
}
