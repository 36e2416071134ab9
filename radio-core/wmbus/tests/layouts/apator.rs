//! Apator's modules and heat cost allocator.

use super::common::{decode, hex};
use super::{alarms, assert_kept_raw, derived, encrypt, frame, mode_5_iv, read};
use wmbus::{AesKey, Content, KeyRing, SealedReason, Warning};

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
    assert_kept_raw(&read(NA_1, "A0 B0 01 0000"), "apatorna1");
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
