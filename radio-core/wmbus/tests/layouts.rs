//! Makers' own layouts, each with telegrams made for it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod common;

use aes::Aes128;
use aes::cipher::{BlockModeEncrypt as _, KeyIvInit as _};
use common::{check_topic, decode, hex};
use walkby_properties::{assert_explanation_tiles, telegram as check};
use wmbus::security::lfsr;
use wmbus::{
    AesKey, Content, DataRecord, Frame, FrameFormat, KeyRing, MeterAddress, SealedReason, Telegram, Warning,
};

/// Builds a frame without CRCs.
fn frame(meter: &str, payload: &str) -> Vec<u8> {
    let meter: MeterAddress = meter.parse().unwrap();
    let payload = hex(&payload.replace(' ', ""));
    let length = u8::try_from(9 + payload.len()).unwrap();
    [&[length, 0x44][..], &meter.to_link_bytes(), &payload].concat()
}

/// Decodes a telegram without a key, and checks that every byte of it is explained.
fn read(meter: &str, payload: &str) -> Telegram {
    let frame = frame(meter, payload);
    let telegram = decode(&frame, &KeyRing::default());
    assert_explanation_tiles(&telegram, frame.len(), payload);
    check(&frame);
    telegram
}

/// Writes the records that a layout gave.
fn derived(telegram: &Telegram) -> Vec<String> {
    telegram
        .content()
        .records()
        .iter()
        .filter(|record| record.is_derived())
        .map(ToString::to_string)
        .collect()
}

fn alarms(telegram: &Telegram) -> Vec<String> {
    telegram.alarms().iter().map(ToString::to_string).collect()
}

/// Asserts that a telegram is told to be of a layout but not to fit it, and is kept raw.
fn assert_kept_raw(telegram: &Telegram, layout: &'static str) {
    assert_eq!(telegram.layout(), None);
    assert!(matches!(telegram.content(), Content::Manufacturer { .. }), "{:?}", telegram.content());
    assert_eq!(telegram.warnings(), [Warning::LayoutMismatch { layout }]);
    assert!(!telegram.is_doubtful());
}

fn encrypt(key: [u8; 16], iv: [u8; 16], bytes: &mut [u8]) {
    let mut encryptor = cbc::Encryptor::<Aes128>::new(&key.into(), &iv.into());
    for block in bytes.chunks_exact_mut(16) {
        encryptor.encrypt_block(block.try_into().unwrap());
    }
}

fn mode_5_iv(meter: &str, counter: u8) -> [u8; 16] {
    let address = meter.parse::<MeterAddress>().unwrap().to_link_bytes();
    std::array::from_fn(|index| address.get(index).copied().unwrap_or(counter))
}

#[test]
fn a_water_module_of_techem_adds_what_was_used_to_the_reading_of_the_due_date() {
    // 2021-12-31: 123.4 m³; on 2 March 5.6 m³ more.
    let telegram = read("TCH-12345678-74-62", "A2 06 9F2B D204 2006 3800 010203");
    assert_eq!(telegram.layout(), Some("mkradio"));
    assert_eq!(
        derived(&telegram),
        [
            "volume 129.0 m³",
            "date 2022-03-02",
            "volume 123.4 m³ (storage 1)",
            "date 2021-12-31 (storage 1)",
            "volume 5.6 m³ (since_due_date)",
        ]
    );
    let explanation = telegram.explain().to_string();
    assert!(explanation.contains("consumption in the half months before"), "{explanation}");
}

#[test]
fn bytes_that_do_not_fit_a_layout_are_kept_raw() {
    let telegram = read("TCH-12345678-74-62", "A2 06 A02B D204 2006 3800 010203");
    assert_kept_raw(&telegram, "mkradio");
    assert_kept_raw(&read("TCH-12345678-74-62", "A2 06 9F2B D204 2006 38"), "mkradio");
    assert_kept_raw(&read("TCH-12345678-76-F0", "A0 00 9F"), "tsd2");
    assert_kept_raw(&read("APT-12345678-03-03", "A0 010203"), "apator08");
    assert_kept_raw(&read("TCH-12345678-27-04", "A2 12 A02B 0100 0000 0100"), "vario451");
}

#[test]
fn a_due_date_that_is_not_set_hides_no_value() {
    let water = read("TCH-12345678-70-72", "A2 06 0000 0000 2006 3800");
    assert_eq!(
        derived(&water),
        [
            "volume 5.6 m³",
            "volume 0.0 m³ (storage 1)",
            "date not available (storage 1)",
            "volume 5.6 m³ (since_due_date)",
        ]
    );
    let smoke = read("TCH-12345678-76-F0", "A0 01 FFFF 0000");
    assert_eq!(derived(&smoke), ["status_flags 0x1", "date not available (storage 1)"]);
    assert_eq!(alarms(&smoke), ["smoke"]);
}

#[test]
fn a_meter_that_no_layout_knows_keeps_its_bytes_without_warning() {
    let telegram = read("TCH-12345678-71-43", "A0 00 9F23 8804 0058 1B00");
    assert_eq!(telegram.layout(), None);
    assert!(matches!(telegram.content(), Content::Manufacturer { ci: 0xA0, .. }));
    assert_eq!(telegram.warnings(), []);
}

/// A water module's half months, the youngest first: 1, 2, 3, … tenths.
fn half_months(day_and_month: &str) -> Telegram {
    let halves: String =
        (0..12).map(|pair| format!("00 {:02X} {:02X}", 2 * pair + 1, 2 * pair + 2)).collect();
    read("TCH-12345678-50-72", &format!("A2 0C00 {day_and_month} 640000 {halves}"))
}

#[test]
fn half_months_make_months_as_the_day_says() {
    // 2024-11-28 and 2024-11-15.
    let late = derived(&half_months("7C31"));
    assert_eq!(late.len(), 14);
    assert_eq!(late[..2], ["volume 10.0 m³", "date 2024-11-28"]);
    assert_eq!(late[2], "volume 0.3 m³ (at 2024-11-28, per_month)");
    assert_eq!(late[3], "volume 0.7 m³ (storage 17, at 2024-10-31, per_month)");
    assert_eq!(late[13], "volume 4.7 m³ (storage 27, at 2023-12-31, per_month)");
    let early = derived(&half_months("6F31"));
    assert_eq!(early.len(), 14);
    assert_eq!(early[2], "volume 0.1 m³ (at 2024-11-15, per_month)");
    assert_eq!(early[3], "volume 0.5 m³ (storage 17, at 2024-10-31, per_month)");
    assert_eq!(early[13], "volume 4.5 m³ (storage 27, at 2023-12-31, per_month)");
}

#[test]
fn half_months_of_an_unknown_coding_are_left_out() {
    let telegram = read("TCH-12345678-50-72", &format!("A2 0C00 7C31 640000 01 {}", "00".repeat(35)));
    assert_eq!(derived(&telegram), ["volume 10.0 m³", "date 2024-11-28"]);
}

#[test]
fn a_heat_cost_allocator_of_techem_gives_two_periods_and_its_temperatures() {
    let records = |kind: &str| {
        let telegram = read("TCH-12345678-69-80", &format!("A0 {kind} 9F2B 2D00 5006 0400 BD08 3809"));
        assert_eq!(telegram.layout(), Some("fhkvdataiii"));
        derived(&telegram)
    };
    let both = [
        "hca_units 4 HCA",
        "date 2022-03-05",
        "hca_units 45 HCA (storage 1)",
        "date 2021-12-31 (storage 1)",
        "external_temperature 22.37 °C",
        "return_temperature 23.60 °C",
    ];
    assert_eq!(records("11"), both);
    let late = derived(&read("TCH-12345678-94-80", "A2 0F 9F2B 2D00 5006 0400 11 BD08 3809"));
    assert_eq!(late, both);
    let without = derived(&read("TCH-12345678-64-80", "A0 11 9F2B 2D00 5006 0400 BD08 3809"));
    assert_eq!(without, both[..4]);
}

#[test]
fn an_allocator_that_has_not_begun_to_count_days_says_the_first_of_december() {
    let telegram = read("TCH-12345678-64-80", "A0 01 7E2B 2D00 0000 0400");
    assert_eq!(derived(&telegram)[1], "date 2021-12-01");
}

#[test]
fn heat_meters_of_techem_count_kilowatt_hours_or_megajoules() {
    let compact = read("TCH-12345678-39-43", "A2 10 9F2F 866100 18 1C0100 04");
    assert_eq!(
        derived(&compact),
        [
            "energy 25250 kWh",
            "energy 24966 kWh (storage 1)",
            "date 2023-12-31 (storage 1)",
            "energy 284 kWh (since_due_date)",
        ]
    );
    let vario = read("TCH-12345678-27-C3", "A2 12 9F25 3833 00A8 6226 00");
    assert_eq!(derived(&vario)[..2], ["energy 22938 MJ", "energy 13112 MJ (storage 1)"]);
}

#[test]
fn a_smoke_detector_tells_smoke() {
    let quiet = read("TCH-12345678-76-F0", "A0 00 9F27 8229 00");
    assert_eq!(derived(&quiet), ["status_flags 0x0", "date 2020-12-02", "date 2019-12-31 (storage 1)"]);
    assert_eq!(alarms(&quiet), [""; 0]);
    assert_eq!(alarms(&read("TCH-12345678-76-F0", "A0 01 9F27 8229 00")), ["smoke"]);
    assert_eq!(alarms(&read("TCH-12345678-76-F0", "A0 71 9F27")), ["general"]);
}

#[test]
fn modules_of_apator_count_thirds() {
    let litres = read("APT-12345678-03-03", "A0 04000000");
    assert_eq!(derived(&litres), ["volume 0.001333333 m³"]);
    let cubic_metres = read("APT-12345678-04-11", "A0 21540000 40");
    assert_eq!(derived(&cubic_metres), ["volume 7179.000000 m³"]);
}

#[test]
fn an_allocator_of_apator_tells_when_its_seal_was_broken() {
    // Season from 1 May, 89 units before and 1 now; 22.5 °C before and -0.5 °C now.
    let block = |seal: &str| format!("A1 0000 5900 {seal} 0100 322D 8016 80FF");
    let broken = read("APA-12345678-04-08", &format!("A0 {}", block("1C27")));
    assert_eq!(
        derived(&broken),
        [
            "hca_units 1 HCA",
            "date 2022-09-18",
            "external_temperature -0.50000000 °C (average)",
            "hca_units 89 HCA (storage 1)",
            "external_temperature 22.50000000 °C (storage 1, average)",
            "date 2016-05-01 (storage 1, start_of)",
            "error_flags 0x1",
            "date 2019-08-28 (begin_of_last)",
        ]
    );
    assert_eq!(alarms(&broken), ["tamper (since 2019-08-28)"]);
    let behind = read("APT-12345678-04-08", &format!("B6 02 FFFF A0 {}", block("0000")));
    assert_eq!(derived(&behind)[..6], derived(&broken)[..6]);
    assert_eq!(derived(&behind)[6..], ["error_flags 0x0"]);
    assert_eq!(alarms(&behind), [""; 0]);
    assert_kept_raw(&read("APT-12345678-04-08", &format!("B6 02 FFFF A1 {}", block("0000"))), "apatoreitn");
}

const NA_1: &str = "APA-12345678-14-07";

/// Encrypts a block of an NA-1 module: 345.312 m³ at 2024-03-23 15:22, 300.619 m³ 545 hours before.
fn na_1(key: [u8; 16]) -> Vec<u8> {
    let mut block = hex("2F004E54002CB0912D2109A52B000080");
    encrypt(key, mode_5_iv(NA_1, 0xB0), &mut block);
    let mut frame = frame(NA_1, &format!("A0 B0 01 {}", "00".repeat(16)));
    frame[13..].copy_from_slice(&block);
    frame
}

#[test]
fn a_module_of_apator_is_opened_with_its_key_or_the_makers() {
    let telegram = decode(&na_1([0; 16]), &KeyRing::default());
    assert_eq!(
        derived(&telegram),
        [
            "status_flags 0x1",
            "volume 345.312 m³",
            "date_time 2024-03-23T15:22:20",
            "error_flags 0x0",
            "volume 300.619 m³ (storage 17)",
            "date_time 2024-02-29T22:22:20 (storage 17)",
            "actuality_duration 545 h (storage 17)",
            "error_flags 0x80 (storage 17)",
        ]
    );
    assert_eq!(alarms(&telegram), ["underflow (past)"]);
    assert_eq!(telegram.warnings(), [Warning::DefaultKey]);
    assert!(telegram.security().default_key);

    let own = na_1([7; 16]);
    let telegram = decode(&own, &AesKey::new([7; 16]));
    assert_eq!(derived(&telegram)[1], "volume 345.312 m³");
    assert_eq!(telegram.warnings(), []);
    assert_eq!(decode(&own, &KeyRing::default()).content(), &Content::Sealed(SealedReason::NoKey));
    let wrong = decode(&own, &AesKey::new([8; 16]));
    assert_eq!(wrong.content(), &Content::Sealed(SealedReason::WrongKey));
}

const APATOR_162: &str = "APA-12345678-05-07";

#[test]
fn tagged_blocks_of_apator_give_the_total_and_month_ends() {
    // A status, a tag that is not known, 904.398 m³, two month ends and padding; the CRC is computed.
    let blocks = "0F 334DA39A000000 43 0102 10 CECC0D00 71 01 1ABF0D00 039A0D00 FFFF";
    let checksum = wmbus::crc::crc16(&hex(&blocks.replace(' ', "")));
    let telegram = read(APATOR_162, &format!("7A 2D000000 2F2F {blocks} {checksum:04X}"));
    assert_eq!(telegram.layout(), Some("apator162"));
    let volumes = ["volume 904.398 m³", "volume 900.890 m³ (storage 17)", "volume 891.395 m³ (storage 18)"];
    assert_eq!(derived(&telegram), volumes);
    assert!(!telegram.is_doubtful());

    let damaged = read(APATOR_162, &format!("7A 2D000000 2F2F {blocks} {:04X}", checksum ^ 1));
    assert_eq!(derived(&damaged), volumes);
    assert_eq!(damaged.warnings(), [Warning::LayoutChecksum { layout: "apator162" }]);
    assert!(damaged.is_doubtful());
}

#[test]
fn tagged_blocks_without_a_total_are_no_layout() {
    let telegram = read(APATOR_162, "7A 2D000000 2F2F 0F 334DA39A000000 43 0102 0000");
    assert_eq!(telegram.layout(), None);
    assert_eq!(derived(&telegram), [""; 0]);
    // An ordinary telegram of the same meter.
    let ordinary = read(APATOR_162, "7A 2D000000 0413 CECC0D00");
    assert_eq!(ordinary.layout(), None);
    assert_eq!(ordinary.content().records()[0].to_string(), "volume 904.398 m³");
    assert_eq!(ordinary.warnings(), []);
}

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
    let [key, _] = &lfsr::FACTORY_KEYS;
    let plain = hex(plain);
    let mut frame =
        hex(&format!("0044242385071234 5678 A2{header}{}", "00".repeat(plain.len())).replace(' ', ""));
    frame[0] = u8::try_from(frame.len() - 1).unwrap();
    let stream = lfsr::unscramble(key, &frame).unwrap();
    frame.splice(lfsr::FIRST.., stream.iter().zip(&plain).map(|(a, b)| a ^ b));
    check(&frame);
    decode(&frame, &KeyRing::default())
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
    let telegram = prios("01081000", "4C40E20100");
    assert_eq!(telegram.content(), &Content::Sealed(SealedReason::WrongKey));
}

#[test]
fn the_battery_fraud_leak_back_flow_and_months_of_a_hydrodigit_follow_one_another() {
    let months: String = (1..=12u32).map(|month| format!("{month:02X}0000")).collect();
    let payload =
        format!("7A 00000000 0C13 66380000 046D 2728 7E23 0F 97 0A A0 190215 190301 0F000000 {months} 2F2F");
    let telegram = read("BMT-12345678-13-07", &payload);
    let records = derived(&telegram);
    assert_eq!(
        records[..6],
        [
            "status_flags 0x97",
            "voltage 3.05 V",
            "error_flags 0xA0",
            "date 2019-02-15 (begin_of_last)",
            "date 2019-03-01 (leakage)",
            "volume 0.015 m³ (negative_accumulation)",
        ]
    );
    // It is March 2019: January and February are this year's.
    assert_eq!(records[6], "volume 0.01 m³ (storage 18, at 2019-01-31)");
    assert_eq!(records[7], "volume 0.02 m³ (storage 17, at 2019-02-28)");
    assert_eq!(records[8], "volume 0.03 m³ (storage 28, at 2018-03-31)");
    assert_eq!(records[17], "volume 0.12 m³ (storage 19, at 2018-12-31)");
    assert_eq!(
        alarms(&telegram),
        [
            "magnetic (past, since 2019-02-15)",
            "removal (past, since 2019-02-15)",
            "leak (past, since 2019-03-01)"
        ]
    );
    assert_eq!(telegram.content().records()[0].to_string(), "volume 3.866 m³");
}

#[test]
fn a_hydrodigit_without_fraud_or_leak_has_no_days_of_them() {
    let telegram = read("BMT-12345678-17-06", "7A 00000000 0C13 66380000 0F 82 00 000000 000000");
    assert_eq!(
        derived(&telegram),
        [
            "status_flags 0x82",
            "error_flags 0x0",
            "date not available (begin_of_last)",
            "date not available (leakage)",
        ]
    );
    assert_eq!(alarms(&telegram), [""; 0]);
}

#[test]
fn months_that_a_hydrodigit_does_not_use_have_no_value() {
    let payload = format!("7A 00000000 046D 2728 7E23 0F 10 {} {}", "FFFFFF".repeat(11), "809698");
    let records = derived(&read("BMT-12345678-13-07", &payload));
    assert_eq!(records[1], "volume not available (storage 18, at 2019-01-31)");
    assert_eq!(records[12], "volume not available (storage 19, at 2018-12-31)");
}

#[test]
fn without_its_clock_a_hydrodigits_months_stay_raw() {
    let telegram = read("BMT-12345678-13-07", &format!("7A 00000000 0F 11 0B {}", "010000".repeat(12)));
    assert_eq!(derived(&telegram), ["status_flags 0x11", "voltage 3.20 V"]);
}

#[test]
fn a_hydroclima_gives_temperatures_month_ends_and_its_total() {
    let short = read(
        "BMP-12345678-53-08",
        "7A 00000000 036E000000 0F 10 0043 106A 7D2C 4A07 8F12 202C B124 2A06 0080 2100 210000",
    );
    assert_eq!(
        derived(&short),
        [
            "error_flags 0x4300",
            "date 2019-12-29",
            "external_temperature 18.66 °C (average)",
            "external_temperature 47.51 °C (maximum)",
            "external_temperature 15.78 °C (storage 1, average)",
            "supply_temperature not available (storage 1, average)",
            "hca_units 33 HCA (storage 10)",
        ]
    );
    let long = read(
        "BMP-12345678-85-08",
        "7A 00000000 036E540200 0F 11 0000 9924 2934 0037 3713 DF08 BC16 3633 960E 8208 D401 D908 7907 6006 \
         DA08 0809 0080 E537000A3500DF1201 830900",
    );
    assert_eq!(
        derived(&long),
        [
            "error_flags 0x0",
            "date 2025-04-09",
            "supply_temperature 49.19 °C (average)",
            "external_temperature 22.71 °C (average)",
            "external_temperature 58.20 °C (maximum)",
            "supply_temperature 37.34 °C (storage 1, average)",
            "external_temperature 21.78 °C (storage 1, average)",
            "hca_units 468 HCA (storage 2)",
            "hca_units 2265 HCA (storage 3)",
            "hca_units 1913 HCA (storage 4)",
            "hca_units 1632 HCA (storage 5)",
            "external_temperature 22.66 °C (storage 2)",
            "external_temperature 23.12 °C (storage 3)",
            "external_temperature not available (storage 4)",
            "hca_units 2435 HCA (storage 10)",
        ]
    );
    let other = read("BMP-12345678-85-08", "7A 00000000 036E540200 0F 12 0000 9924 2934");
    assert_eq!(other.warnings(), [Warning::LayoutMismatch { layout: "hydroclima" }]);
    assert_eq!(other.content().records()[0].to_string(), "hca_units 596 HCA");
}

#[test]
fn a_gwf_meter_tells_alarms_and_the_half_years_of_its_battery() {
    let telegram = read("GWF-12345678-3C-07", "7A 00000000 0413 3E000000 0F 01 6A 51 2F2F");
    assert_eq!(
        derived(&telegram),
        ["error_flags 0x6A", "status_flags 0x1", "remaining_battery_life 5.0 year"]
    );
    assert_eq!(alarms(&telegram), ["leak", "burst", "low_battery", "reverse_flow"]);
    let other = read("GWF-12345678-3C-07", "7A 00000000 0413 3E000000 0F 02 6A 51");
    assert_eq!(alarms(&other), [""; 0]);
    assert_eq!(other.content().records().len(), 2);
}

#[test]
fn a_hidden_total_is_found_with_the_access_number() {
    // Access number A5, row 5: 188.560 m³ is 60 85 18 00 in digits.
    let masks = [50u8, 161, 57, 14];
    let hidden: String = [0x60u8, 0x85, 0x18, 0x00]
        .iter()
        .zip(masks)
        .map(|(digits, mask)| format!("{:02X}", digits ^ 0xA5 ^ mask))
        .collect();
    let payload =
        |total: &str, clock: &str| format!("7A A5 00 0610 1115 {total} 0F1D1E20000000 {clock} 8047");
    let telegram = read("BMT-12345678-05-07", &payload(&hidden, "590410310320"));
    assert_eq!(derived(&telegram), ["volume 188.560 m³", "date_time 2020-03-31T10:04:59"]);
    assert_eq!(telegram.layout(), Some("rfmtx1"));
    assert_kept_raw(&read("BMT-12345678-05-07", &payload(&hidden, "590410310220")), "rfmtx1");
    assert_kept_raw(&read("BMT-12345678-05-07", &payload(&hidden, "600410310320")), "rfmtx1");
    assert_kept_raw(&read("BMT-12345678-05-07", "7A A5 00 0610 1115 00"), "rfmtx1");
    assert_kept_raw(&read(NA_1, "A0 B0 01 0000"), "apatorna1");
}

#[test]
fn eighteen_month_ends_of_a_bfw_allocator_follow_from_the_youngest() {
    // The last triplet: 0x144 = 324 two months ago, 0x0AC = 172 last month.
    let triplets = format!("{} 4410AC", "000000".repeat(8));
    let payload = |day: &str| format!("7A DBC00000 2F2F 9E1F 0144 0100 1470 {triplets} {day}");
    let telegram = read("BFW-12345678-02-08", &payload("260221"));
    let records = derived(&telegram);
    assert_eq!(records.len(), 21);
    assert_eq!(records[..3], ["hca_units 256 HCA", "date 2021-02-26", "hca_units 324 HCA (storage 1)"]);
    assert_eq!(records[20], "hca_units 324 HCA (storage 18, at 2020-12-31)");
    assert_eq!(records[19], "hca_units 172 HCA (storage 17, at 2021-01-31)");
    assert_eq!(records[4], "hca_units 0 HCA (storage 34, at 2019-08-31)");
    assert_eq!(read("BFW-12345678-02-08", &payload("300221")).layout(), None, "no such day");
}

#[test]
fn a_zenner_module_counts_256ths_of_a_litre() {
    let telegram = read("ZRI-12345678-0B-16", "7A D8000000 2F2F 0F 01000000 80BF1B00 00A64200 00");
    assert_eq!(
        derived(&telegram),
        ["volume 17.06200000000 m³", "volume 7.10350000000 m³ (storage 1)", "status_flags 0x1"]
    );
}

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

#[test]
fn a_layouts_records_say_where_their_values_stand() {
    let bytes = frame("TCH-12345678-74-62", "A2 06 9F2B D204 2006 3800 010203");
    let parsed = Frame::parse(&bytes, FrameFormat::WithoutCrc).unwrap();
    let telegram = Telegram::decode(&parsed, &KeyRing::default()).unwrap();
    let records: &[DataRecord] = telegram.content().records();
    assert_eq!((records[0].offset, records[0].raw.as_slice()), (11, &bytes[11..]));
    for record in records {
        assert_eq!(record.raw, bytes[record.offset..record.offset + record.raw.len()], "{record}");
    }
}
